using System.Linq;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Unwinding;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.Merging;

/// <summary>What native frames tell of the lock and the collector: frames without names prove nothing. A stack is written as "file:function", "?" for no name.</summary>
public sealed class NativeStackHintsTests
{
    private const string Named = "py:Py_RunMain py:_PyEval_EvalFrameDefault ";

    [Theory]
    [InlineData(Named + "py:gc_collect_main.constprop.0 py:subtype_dealloc", null, true)]
    [InlineData(Named + "py:time_sleep libc:clock_nanosleep", null, false)]
    [InlineData(Named + "py:time_sleep libc:clock_nanosleep", true, false)] // it has taken the lock while a finalizer waits in another thread
    [InlineData(Named + "py:? libc:clock_nanosleep", null, null)]
    [InlineData(Named + "py:? libc:clock_nanosleep", true, true)]
    [InlineData(Named + "py:time_sleep numpy:? libc:clock_nanosleep", null, false)]
    [InlineData("?:? ?:?", null, null)]
    public void Who_collects_while_the_interpreter_does(string frames, bool? known, bool? expected)
        => Assert.Equal(expected, NativeStackHints.IsCollecting(known, interpreter: true, Stack(frames)));

    [Fact]
    public void A_stack_that_is_cut_does_not_tell_that_a_thread_does_not_collect()
        => Assert.Null(NativeStackHints.IsCollecting(null, interpreter: true, Stack(Named + "py:time_sleep") with { End = UnwindEnd.NoRules }));

    [Theory]
    [InlineData(false, false)]
    [InlineData(null, null)]
    public void Nobody_collects_while_the_interpreter_does_not(bool? interpreter, bool? known)
        => Assert.Equal(known, NativeStackHints.IsCollecting(known, interpreter, Stack(Named + "py:collect")));

    [Theory]
    [InlineData(Named + "py:take_gil libc:pthread_cond_timedwait", PyGilState.Waiting)]
    [InlineData(Named + "py:drop_gil libc:pthread_cond_signal", PyGilState.Dropping)]
    [InlineData(Named + "py:? libc:pthread_cond_timedwait libc:__futex_abstimed_wait_common", PyGilState.Unknown)]
    [InlineData(Named + "py:? libc:?", PyGilState.Unknown)]
    [InlineData(Named + "py:? libc:clock_nanosleep", PyGilState.NotHeld)]
    [InlineData(Named + "py:PyThread_acquire_lock_timed libc:sem_wait libc:__futex_abstimed_wait_common", PyGilState.NotHeld)]
    [InlineData(Named + "py:time_sleep libc:clock_nanosleep", PyGilState.NotHeld)]
    public void What_a_thread_that_does_not_hold_the_lock_does_with_it(string frames, PyGilState expected)
        => Assert.Equal(expected, NativeStackHints.Gil(PyGilState.NotHeld, Stack(frames)));

    [Theory]
    [InlineData(PyGilState.Held)]
    [InlineData(PyGilState.Unknown)]
    public void What_memory_says_of_the_holder_stays(PyGilState known)
        => Assert.Equal(known, NativeStackHints.Gil(known, Stack(Named + "py:? libc:pthread_cond_timedwait")));

    private static NativeStack Stack(string frames)
        => new(
            [.. frames.Split(' ').Select((text, i) =>
            {
                string[] parts = text.Split(':');
                string? name = parts[1] == "?" ? null : parts[1];
                return new NativeFrame(0, name, name, null, 0, parts[0] == "?" ? null : parts[0], false, i, default, FrameSource.CallFrameInformation);
            })],
            UnwindEnd.Complete,
            NativeMoment.SameAsPython);
}
