using System;
using System.Collections.Generic;
using System.IO;
using PyStack.Engine.Discovery.Containers;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Discovery.Containers;

/// <summary>Processes with namespaces and files as a pod has them, made with util-linux's <c>unshare</c>. Their control groups are given, as a node would have them.</summary>
public sealed class ContainerFinderTests : FolderTest
{
    private const string Uid = "3a6fd1ea-0f0c-11ee-be56-0242ac120002";
    private const string Id = "4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6";
    private const string InPod = "0::/kubepods/burstable/pod" + Uid + "/" + Id + "\n";
    private const string InPodmanPod = "0::/machine.slice/machine-libpod_pod_" + Id + ".slice/libpod-" + Id + ".scope\n";

    // Its own mounts over /run and /etc/hostname, another host name, and a user who is not root.
    private const string Pod = """
        hostname web-0 && mount -t tmpfs tmpfs /run && mkdir -p /run/secrets/kubernetes.io/serviceaccount && printf shop > /run/secrets/kubernetes.io/serviceaccount/namespace &&
        mkdir -p "$1/pods/3a6fd1ea-0f0c-11ee-be56-0242ac120002/containers/app" && echo web-0 > "$1/hostname" && : > "$1/pods/3a6fd1ea-0f0c-11ee-be56-0242ac120002/containers/app/0a1b" &&
        mount --bind "$1/hostname" /etc/hostname && mount --bind "$1/pods/3a6fd1ea-0f0c-11ee-be56-0242ac120002/containers/app/0a1b" /run/last && [ "$2" = keep ] || chmod 0600 /run/secrets/kubernetes.io/serviceaccount/namespace;
        exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c 'echo ready; read line'
        """;

    private Target StartPod(string rights = "keep", IReadOnlyDictionary<string, string>? environment = null)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can mount into a namespace and become another user in it");
        string script = Pod.Replace("/run/last", "/etc/issue", StringComparison.Ordinal);
        Target target = Target.StartCommand(
            ["unshare", "--mount", "--uts", "sh", "-c", script, "sh", Folder, rights],
            new TargetOptions { Environment = environment ?? new Dictionary<string, string> { ["HOSTNAME"] = "" } });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    private ContainerPlace Find(Target target, string groups, string? logs = null)
        => new ContainerFinder(logs ?? Path.Combine(Folder, "none")).Find(ProcessFacts.Read(target.ProcessId), groups);

    [Fact]
    public void Of_a_pod_the_name_is_the_host_name_and_the_namespace_that_of_its_service_account()
    {
        using Target target = StartPod();
        Assert.Equal(new ContainerPlace(Id, "app", "web-0", Uid, "shop"), Find(target, InPod));
    }

    [Fact]
    public void Where_a_namespace_hides_the_groups_the_mounts_have_the_pods_id()
    {
        using Target target = StartPod();
        Assert.Equal(new ContainerPlace(null, "app", "web-0", Uid, "shop"), Find(target, "0::/\n"));
    }

    [Fact]
    public void The_kubelets_folders_are_believed_before_the_container()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "logs", $"mail_relay-7d4b9c-x2x_{Uid}"));
        Directory.CreateDirectory(Path.Combine(Folder, "logs", "other"));
        using Target target = StartPod(environment: new Dictionary<string, string> { ["POD_NAME"] = "liar", ["POD_NAMESPACE"] = "liars" });
        Assert.Equal(new ContainerPlace(Id, "app", "relay-7d4b9c-x2x", Uid, "mail"), Find(target, InPod, Path.Combine(Folder, "logs")));
    }

    [Fact]
    public void A_file_that_the_process_itself_may_not_read_is_not_read_for_it()
    {
        using Target target = StartPod("take");
        Assert.Equal(new ContainerPlace(Id, "app", "web-0", Uid, null), Find(target, InPod));
    }

    [Fact]
    public void A_container_that_is_in_no_pod_has_no_names()
    {
        using Target target = Target.StartCommand(["sh", "-c", "echo ready; read line"], new TargetOptions { Environment = new Dictionary<string, string> { ["HOSTNAME"] = "web" } });
        Assert.Equal("ready", target.ReadLine());
        Assert.Equal(new ContainerPlace(Id, null, null, null, null), Find(target, "0::/docker/" + Id));
        Assert.Equal(new ContainerPlace(Id, null, null, Id, null), Find(target, InPodmanPod));
        Assert.Equal(default, Find(target, "0::/system.slice/web.service\n"));
        Assert.Equal(default, Find(target, ""));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("web-0", "web-0")]
    public void The_host_name_of_the_node_is_not_the_name_of_a_pod(string podName, string? pod)
    {
        Assert.SkipUnless(ContainerId.Find("/proc/1", File.ReadAllText("/proc/1/cgroup")) is null && Environment.IsPrivilegedProcess, "this machine is a container itself, or is seen without root");
        using Target target = Target.StartCommand(
            ["sh", "-c", "echo ready; read line"],
            new TargetOptions { Environment = new Dictionary<string, string> { ["HOSTNAME"] = "node7", ["POD_NAME"] = podName, ["KUBERNETES_SERVICE_HOST"] = "10.0.0.1" } });
        Assert.Equal("ready", target.ReadLine());
        Assert.Equal(pod, Find(target, InPod).Pod);
    }
}
