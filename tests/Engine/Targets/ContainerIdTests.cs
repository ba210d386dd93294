using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

public sealed class ContainerIdTests
{
    private const string Id = "4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6";
    private const string Outer = "0000000000000000000000000000000000000000000000000000000000000001";

    [Theory]
    [InlineData("0::/system.slice/docker-" + Id + ".scope", Id)]
    [InlineData("12:pids:/docker/" + Id + "\n0::/", Id)]
    [InlineData("0::/docker/" + Outer + "/docker/" + Id + "/init.scope", Id)]
    [InlineData("0::/machine.slice/libpod-" + Id + ".scope/container", Id)]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope", Id)]
    [InlineData("0::/machine.slice/libpod-conmon-" + Id + ".scope", null)]
    [InlineData("0::/system.slice/crio-conmon-" + Id + ".scope", null)]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f.slice/cri-containerd-" + Id + ".scope", Id)]
    [InlineData("0::/kubepods.slice/kubepods-pod1f.slice/crio-" + Id + ".scope", Id)]
    [InlineData("11:memory:/kubepods/besteffort/pod3a6fd1ea-0f0c-11ee-be56-0242ac120002/" + Id, Id)]
    [InlineData("0::/system.slice/containerd.service/kubepods-besteffort-pod1f.slice:cri-containerd:" + Id, Id)]
    [InlineData("3:cpu:/ecs/task/0123456789abcdef0123456789abcdef-1234567890", "0123456789abcdef0123456789abcdef-1234567890")]
    [InlineData("0::/lxc.payload.web/system.slice/cron.service", "web")]
    [InlineData("0::/lxc.payload/web", "web")]
    [InlineData("9:name=systemd:/lxc/web/init.scope", "web")]
    [InlineData("0::/lxc.monitor.web", null)]
    [InlineData(@"0::/machine.slice/machine-my\x2dbox.scope/payload", "my-box")]
    [InlineData("0::/machine.slice/systemd-nspawn@box.service/payload", "box")]
    [InlineData(@"0::/machine.slice/machine-qemu\x2d1\x2dvm.scope", null)]
    [InlineData("0::/user.slice/user-1000.slice/session-2.scope", null)]
    [InlineData("9:name=systemd:/\n4:memory:/process_api/0e2f92168406df5546632baa4254085e\n0::/", null)]
    [InlineData("", null)]
    [InlineData("garbage\n::\n:", null)]
    public void The_innermost_container_is_found_in_the_control_groups(string groups, string? id)
        => Assert.Equal(id, ContainerId.FindInGroups(groups, out _));

    [Theory]
    [InlineData("0::/", true)]
    [InlineData("0::/../../system.slice", true)]
    [InlineData("4:memory:/jobs\n0::/", false)]
    public void Groups_that_a_namespace_hides_are_told_from_those_without_a_container(string groups, bool isHidden)
    {
        Assert.Null(ContainerId.FindInGroups(groups, out bool hidden));
        Assert.Equal(isHidden, hidden);
    }

    [Theory]
    [InlineData("714 700 8:1 /var/lib/docker/containers/" + Id + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw", Id)]
    [InlineData("9 8 0:26 /containers/storage/overlay-containers/" + Id + "/userdata/hostname /etc/hostname rw - tmpfs tmpfs rw", Id)]
    [InlineData("714 700 8:1 /var/lib/docker/containers/" + Id + "/hostname /mnt/hostname rw - ext4 /dev/sda1 rw", null)]
    [InlineData("31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755", null)]
    public void Without_them_the_mounts_tell(string mounts, string? id)
        => Assert.Equal(id, ContainerId.FindInMounts("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n" + mounts + "\n"));

    [Fact]
    public void Names_of_users_are_those_of_the_first_line_and_numbers_where_there_is_none()
    {
        UserNames users = new("root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:\nbad line\n:x:5:5\nwww-data:x:33:33:::\n");
        Assert.Equal("root www-data 5 1234", $"{users.Of(0)} {users.Of(33)} {users.Of(5)} {users.Of(1234)}");
    }
}
