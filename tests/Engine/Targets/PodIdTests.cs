using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Control groups and mounts as the kubelet has them made by each runtime and cgroup driver, and Podman.</summary>
public sealed class PodIdTests
{
    private const string Uid = "3a6fd1ea-0f0c-11ee-be56-0242ac120002";
    private const string Slice = "kubepods-burstable-pod3a6fd1ea_0f0c_11ee_be56_0242ac120002.slice";
    private const string Id = "4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6";
    private const string Static = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/" + Slice + "/cri-containerd-" + Id + ".scope", Uid)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/" + Slice + "/crio-" + Id + ".scope/container", Uid)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/" + Slice + "/docker-" + Id + ".scope", Uid)]
    [InlineData("0::/kubepods.slice/kubepods-pod3a6fd1ea_0f0c_11ee_be56_0242ac120002.slice/cri-containerd-" + Id + ".scope", Uid)]
    [InlineData("0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + Static + ".slice/crio-" + Id + ".scope", Static)]
    [InlineData("0::/kubepods/besteffort/pod" + Uid + "/" + Id, Uid)]
    [InlineData("0::/kubepods/pod" + Uid + "/" + Id, Uid)]
    [InlineData("0::/system.slice/containerd.service/kubepods-besteffort-pod3a6fd1ea_0f0c_11ee_be56_0242ac120002.slice:cri-containerd:" + Id, Uid)]
    [InlineData("12:pids:/kubepods/burstable/pod" + Uid + "/" + Id + "\n1:name=systemd:/kubepods/burstable/pod" + Uid + "/" + Id + "\n0::/", Uid)]
    [InlineData("11:memory:/kubepods.slice/kubepods-burstable.slice/" + Slice + "/docker-" + Id + ".scope", Uid)]
    [InlineData("0::/system.slice/docker-" + Id + ".scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod3a6fd1ea_0f0c_11ee_be56_0242ac120002.slice/cri-containerd-" + Id + ".scope", Uid)]
    [InlineData("0::/kubepods/pod00000000-0000-0000-0000-000000000001/" + Id + "/kubepods/pod" + Uid + "/" + Id, Uid)]
    [InlineData("0::/machine.slice/machine-libpod_pod_" + Id + ".slice/libpod-" + Id + ".scope/container", Id)]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_" + Id + ".slice/libpod-" + Id + ".scope", Id)]
    [InlineData("9:memory:/libpod_parent/" + Id + "/libpod-" + Id, Id)]
    [InlineData("9:memory:/libpod_parent/libpod-" + Id, null)]
    [InlineData("0::/system.slice/docker-" + Id + ".scope", null)]
    [InlineData("0::/docker/" + Id, null)]
    [InlineData("0::/system.slice/podman.service", null)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f.slice/cri-containerd-" + Id + ".scope", null)]
    [InlineData("0::/../cri-containerd-" + Id + ".scope", null)]
    [InlineData("garbage\n::\n:", null)]
    public void The_innermost_pods_id_is_found_in_the_control_groups(string groups, string? id)
        => Assert.Equal(id, PodId.FindInGroups(groups));

    [Theory]
    [InlineData("74 69 254:0 /var/lib/kubelet/pods/" + Uid + "/containers/app/0a1b2c3d /dev/termination-log rw,relatime - ext4 /dev/vda rw", Uid, "app")]
    [InlineData("74 69 254:0 /pods/" + Uid + "/containers/side-car-2/0a1b2c3d /tmp/last rw,relatime - ext4 /dev/vda rw", Uid, "side-car-2")]
    [InlineData("75 69 254:0 /var/lib/kubelet/pods/" + Uid + "/etc-hosts /etc/hosts rw,relatime - ext4 /dev/vda rw", Uid, null)]
    [InlineData("75 69 254:0 /var/lib/kubelet/pods/" + Uid + "/etc-hosts /mnt/hosts rw,relatime - ext4 /dev/vda rw", null, null)]
    [InlineData("74 69 254:0 /var/lib/kubelet/pods/" + Uid + "/containers/A\x1b[2J/0a1b2c3d /dev/termination-log rw - ext4 /dev/vda rw", null, null)]
    [InlineData("76 69 0:50 / /var/run/secrets/kubernetes.io/serviceaccount ro,relatime - tmpfs tmpfs rw", null, null)]
    public void Without_them_the_kubelets_mounts_have_it_and_the_containers_name(string mounts, string? id, string? container)
    {
        Assert.Equal(id, PodId.FindInMounts("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n" + mounts + "\n", out string? name));
        Assert.Equal(container, name);
    }
}
