using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>Lines as <c>/proc/self/mounts</c> has them; kernels from 5.8 on write names for the numbers (fs/proc/root.c).</summary>
public sealed class ProcMountTests
{
    private const string Before = "sysfs /sys sysfs rw,nosuid 0 0\n";

    [Theory]
    [InlineData("proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0", null)]
    [InlineData("proc /proc proc rw,relatime,hidepid=2 0 0", "2")]
    [InlineData("proc /proc proc rw,relatime,gid=27,hidepid=invisible 0 0\n", "invisible")]
    [InlineData("proc /proc proc rw,hidepid=noaccess,gid=27 0 0", "noaccess")]
    [InlineData("proc /proc proc rw,hidepid=ptraceable 0 0", "ptraceable")]
    [InlineData("proc /proc proc rw,hidepid=0 0 0", null)]
    [InlineData("proc /proc proc rw,hidepid=off 0 0", null)]
    [InlineData("proc /srv/jail/proc proc rw,hidepid=2 0 0", null)]
    [InlineData("tmpfs /proc tmpfs rw,hidepid=2 0 0", null)]
    [InlineData("proc /proc proc rw,hidepid=2 0 0\nproc /proc proc rw 0 0", null)]
    [InlineData("proc /proc proc rw 0 0\nproc /proc proc rw,hidepid=2 0 0", "2")]
    [InlineData("garbage\n\n /proc", null)]
    [InlineData("", null)]
    public void The_option_that_hides_processes_is_found(string lines, string? value)
        => Assert.Equal(value, ProcMount.FindHidePid(Before + lines));
}
