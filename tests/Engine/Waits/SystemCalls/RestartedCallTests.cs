using System.Text;
using PyStack.Engine.Targets;
using PyStack.Engine.Waits.SystemCalls;
using Xunit;

namespace PyStack.Engine.Tests.Waits.SystemCalls;

/// <summary>Which call goes on, by the kernel function that the thread sleeps in; the names are those that <c>/proc/PID/wchan</c> had in several versions of Linux.</summary>
public sealed class RestartedCallTests
{
    [Theory]
    [InlineData("futex_wait_queue_me", 0x7000_0000, "futex")]
    [InlineData("futex_do_wait", 0x7000_0000, "futex")]
    [InlineData("poll_schedule_timeout.constprop.0", 0x7000_0000, "poll")]
    [InlineData("do_sys_poll", 0x7000_0000, "poll")]
    [InlineData("hrtimer_nanosleep", 1, "clock_nanosleep")] // CLOCK_MONOTONIC
    [InlineData("hrtimer_nanosleep", 0x7000_0000, "nanosleep")] // the time's address
    [InlineData("do_wait", 0x7000_0000, null)]
    [InlineData("0", 0x7000_0000, null)] // what a kernel without names, or one that does not tell us, has there
    [InlineData("", 0x7000_0000, null)]
    public void It_is_known(string function, ulong first, string? expected)
        => Assert.Equal(expected, RestartedCall.Find(Encoding.ASCII.GetBytes(function), new SystemCall(219, first, 0, 0, 0, 0, 0)));
}
