using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests;

/// <summary>
/// A container of a real runtime (runc or crun), started as the kubelet's runtimes start one: control groups of a pod, its host name and environment, the file of its service account, and the
/// kubelet's mount. It has this machine's programs, and no capability.
/// </summary>
internal sealed class OciContainer : IDisposable
{
    // A thread that waits for the other end of a socket, in a file that its owner keeps to himself.
    private const string Program = """
        import socket, sys, threading
        one, other = socket.socketpair()
        threading.Thread(target=one.recv, args=(1,), daemon=True).start()
        print("ready", flush=True)
        sys.stdin.read()
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly string _runtime;

    private OciContainer(string runtime)
    {
        _runtime = runtime;
        Write("root/etc/hostname", Pod + "\n");
        Write("root/run/secrets/kubernetes.io/serviceaccount/namespace", "shop");
        string program = Path.GetDirectoryName(Write("root/srv/app.py", Program))!;
        _ = TestSupport.Targets.Commands.Run(["chown", "-R", "65534:65534", program]);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string lastWords = Write($"pods/{PodId}/containers/app/0a1b2c3d", "");
        foreach (string mountPoint in (string[])["proc", "dev", "var", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(_folder.Path, "root", mountPoint));
        }

        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "root/var/run"), "/run");
        List<object> mounts =
        [
            new { destination = "/proc", type = "proc", source = "proc" },
            new { destination = "/dev", type = "tmpfs", source = "tmpfs" },
            Bind(lastWords, "/dev/termination-log"),
        ];
        foreach (string programs in (string[])["/usr", "/lib", "/lib64", "/bin"])
        {
            mounts.Add(Bind(programs, programs));
        }

        Write("config.json", JsonSerializer.Serialize(new
        {
            ociVersion = "1.0.2",
            process = new
            {
                user = new { uid = 65534, gid = 65534 },
                args = (string[])["/usr/bin/python3", "/srv/app.py"],
                env = (string[])["PATH=/usr/bin:/bin", $"HOSTNAME={Pod}", "KUBERNETES_SERVICE_HOST=10.0.0.1"],
                cwd = "/",
                noNewPrivileges = true,
            },
            root = new { path = "root" },
            hostname = Pod,
            mounts,
            linux = new
            {
                cgroupsPath = $"/{Name}/kubepods/burstable/pod{PodId}/{Id}",
                namespaces = (object[])[new { type = "pid" }, new { type = "mount" }, new { type = "uts" }, new { type = "ipc" }],
            },
        }));

        Process = Target.StartCommand([runtime, "run", "--bundle", _folder.Path, Name], new TargetOptions());
    }

    /// <summary>The runtime, which ends with its container.</summary>
    public Target Process { get; }

    /// <summary>The container's id.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");

    /// <summary>The name of its pod, in the namespace <c>shop</c>.</summary>
    public string Pod => "web-" + Id[..8];

    /// <summary>Its UID.</summary>
    public string PodId { get; } = Guid.NewGuid().ToString();

    private string Name => "pystack-" + Id[..12];

    /// <summary>Starts one and waits until its program runs; skips the test where that is not possible.</summary>
    public static OciContainer Start()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can start a container of the pod");
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "there is no /usr/bin/python3 for a container");
        string? runtime = RealShell.Find("runc") ?? RealShell.Find("crun");
        Assert.SkipUnless(runtime is not null, "no runtime of containers is installed (runc, crun); tests/machines.sh gets one");
        OciContainer container = new(runtime!);
        try
        {
            Assert.Equal("ready", container.Process.ReadLine());
            return container;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("cgroup", StringComparison.OrdinalIgnoreCase))
        {
            container.Dispose();
            Assert.Skip($"this machine lets nobody make control groups: {e.Message}");
            throw;
        }
        catch
        {
            container.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Process.Dispose();
        _ = ProcessRun.Run(TestSupport.Targets.Commands.Quiet([_runtime, "delete", "--force", Name]), Wait.Limit);
        RemoveGroups();
        _folder.Dispose();
    }

    // The runtime removes the container's control groups, and not those above it.
    private void RemoveGroups()
    {
        const string groups = "/sys/fs/cgroup";
        foreach (string hierarchy in Directory.GetDirectories(groups).Append(groups))
        {
            foreach (string name in (string[])[$"{Name}/kubepods/burstable/pod{PodId}", $"{Name}/kubepods/burstable", $"{Name}/kubepods", Name])
            {
                try
                {
                    Directory.Delete(Path.Combine(hierarchy, name));
                }
                catch (IOException)
                {
                    // Not in this hierarchy.
                }
            }
        }
    }

    private static object Bind(string source, string destination) => new { destination, type = "bind", source, options = (string[])["rbind", "ro"] };

    private string Write(string name, string text) => _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(text));
}
