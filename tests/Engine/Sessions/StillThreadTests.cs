using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The proof that a thread stood still while it was read, by the kernel's count of how often it has run.</summary>
public sealed class StillThreadTests
{
    [Theory]
    [InlineData("130764 2608376 2", 130764, 2)]
    [InlineData("5 0 1", 5, 1)]
    public void A_count_is_the_time_and_the_number_of_time_slices(string line, ulong time, ulong slices)
        => Assert.Equal(new RunCount(time, slices), RunCounts.Parse(line));

    [Theory]
    [InlineData("0 0 0")] // what a kernel says that does not count
    [InlineData("")]
    [InlineData("12")]
    [InlineData("x 0 1")]
    public void A_kernel_that_does_not_count_proves_nothing(string line) => Assert.Null(RunCounts.Parse(line));

    [Fact]
    public void Without_schedstat_the_count_is_that_of_the_context_switches()
        => Assert.Equal(new RunCount(0, 42), RunCounts.ParseSwitches("Name:\tx\nvoluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n"u8));

    [Fact]
    public void A_status_without_context_switches_proves_nothing() => Assert.Null(RunCounts.ParseSwitches("Name:\tx\nvoluntary_ctxt_switches:\t40\n"u8));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_thread_that_runs_never_stands_still_and_one_that_waits_always_does(bool hasScheduleStatistics)
    {
        using Target target = Target.Start(InterpreterSet.Any, "spinning.py");
        int running = target.Oracle.Threads.Single(thread => thread.IsRunning).ThreadId!.Value;
        int waiting = target.Oracle.Threads.First(thread => !thread.IsRunning).ThreadId!.Value;
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        RunCounts counts = new(process.Facts, hasScheduleStatistics);
        RunCount? since = counts.Read(waiting);

        Assert.NotNull(since);
        for (int i = 0; i < 500; i++)
        {
            // Its count may stand while it is on its processor: that it is not blocked is what tells.
            Assert.False(counts.HasStoodStill(running, counts.Read(running)));
            Assert.True(counts.HasStoodStill(waiting, since));
        }

        Assert.False(counts.HasStoodStill(waiting, null));
        Assert.False(counts.HasStoodStill(waiting, since!.Value with { TimeSlices = since.Value.TimeSlices - 1 }));
    }

    [Fact]
    public void A_native_stack_is_of_the_moment_of_the_Python_frames_only_if_the_thread_has_not_run_since_these_were_read()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        NonBlockingNative native = new(process, Limits.Default);
        native.Begin();
        RunCount now = new RunCounts(process.Facts).Read(target.ProcessId)!.Value;
        RunCount earlier = now with { TimeSlices = now.TimeSlices - 1 };

        Assert.False(native.TryKeep(target.ProcessId, earlier));
        Assert.True(native.TryKeep(target.ProcessId, now));

        Assert.Equal(NativeMoment.SameAsPython, MomentOf(native, target.ProcessId, now));

        // The frames of an earlier attempt, though nothing has run since this one began.
        Assert.Equal(NativeMoment.Other, MomentOf(native, target.ProcessId, earlier));
        Assert.Equal(NativeMoment.Other, MomentOf(native, target.ProcessId, null));
    }

    private static NativeMoment MomentOf(NonBlockingNative native, int threadId, RunCount? python)
        => native.Finish(new Dictionary<int, RunCount?> { [threadId] = python }, TestContext.Current.CancellationToken).Single(thread => thread.ThreadId == threadId).Moment;
}
