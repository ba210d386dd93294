using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Which threads are unchanged in a series of captures is what the program does: only those that it lets run are not.</summary>
public sealed class CaptureSeriesTests
{
    private static readonly string[] Sleepers = ["<module>", "stuck", "receives", "moves_on"];

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_thread_is_unchanged_until_it_runs_also_if_it_waits_at_the_same_instruction_again(string interpreter)
    {
        using Target target = Start(interpreter);
        Captures.InBothModes(noBlock =>
        {
            CaptureSeries series = new();
            Dictionary<string, PyThread> first = Take(target, series, noBlock, Sleepers.Length);
            Assert.All(first.Values, thread => Assert.Equal((0, null), (thread.UnchangedSeconds, thread.IsStuck)));

            Dictionary<string, PyThread> second = Take(target, series, noBlock, Sleepers.Length);
            Assert.All(Sleepers, name => Assert.Equal((true, true), (second[name].UnchangedSeconds > 0, second[name].IsStuck)));
            Assert.Equal((0, false), (second["computes"].UnchangedSeconds, second["computes"].IsStuck));

            target.WriteLine("move");
            Assert.Equal("moved", target.ReadLine());
            Dictionary<string, PyThread> third = Take(target, series, noBlock, Sleepers.Length);
            Assert.Equal(second["moves_on"].StackHash, third["moves_on"].StackHash);
            Assert.All((string[])["<module>", "moves_on", "computes"], name => Assert.Equal((0, false), (third[name].UnchangedSeconds, third[name].IsStuck)));
            Assert.All((string[])["stuck", "receives"], name => Assert.Equal((true, true), (third[name].UnchangedSeconds > second[name].UnchangedSeconds, third[name].IsStuck)));

            // It moved before, so that it is unchanged for a while, but not since the first capture.
            Dictionary<string, PyThread> fourth = Take(target, series, noBlock, Sleepers.Length);
            Assert.Equal((true, false), (fourth["moves_on"].UnchangedSeconds > 0, fourth["moves_on"].IsStuck));
            Assert.True(fourth["stuck"].UnchangedSeconds > fourth["moves_on"].UnchangedSeconds);
        });
        TestReport.Situation(interpreter, "threads that are unchanged in a series of captures");
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_thread_that_the_captures_themselves_stop_is_unchanged_all_the_same(string interpreter)
    {
        using Target target = Start(interpreter, "quiet");
        CaptureSeries series = new();
        _ = Take(target, series, noBlock: false, Sleepers.Length);
        Dictionary<string, PyThread> second = Take(target, series, noBlock: false, Sleepers.Length);
        Assert.NotEqual(0, second["stuck"].StoppedThreads);
        Assert.All(Sleepers, name => Assert.Equal((name, true), (name, second[name].IsStuck)));
    }

    [Fact]
    public void A_capture_alone_says_nothing_of_it()
    {
        using Target target = Start(InterpreterSet.Any.Name, "quiet");
        Assert.All(Captures.Once(target, Captures.NoBlock), thread => Assert.Equal((null, null), (thread.UnchangedSeconds, thread.IsStuck)));
    }

    [Fact]
    public void Another_process_that_has_got_the_id_is_not_taken_for_the_one_before()
    {
        ProcessFacts one = ProcessFacts.Read(Environment.ProcessId);
        CaptureSeries series = new();
        series.Begin(one);
        Assert.Equal(EngineError.ProcessExited, Assert.Throws<EngineException>(() => series.Begin(one with { StartTicks = one.StartTicks + 1 })).Error);
    }

    private static Target Start(string interpreter, params string[] arguments)
    {
        Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "stuck.py", new() { Arguments = arguments, IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    // As Get-PyStack does, which waits for a moment and not until the threads sleep.
    private static Dictionary<string, PyThread> Take(Target target, CaptureSeries series, bool noBlock, int sleepers)
    {
        WaitForRest(target, sleepers);
        using StackSession session = Captures.Open(target.ProcessId, (noBlock ? Captures.NoBlock : Captures.Blocking) with { Series = series });
        PyThread[] threads = session.Take();
        WaitForRest(target, sleepers);
        _ = series.Settle();
        return threads.ToDictionary(thread => thread.Frames.Last(frame => frame.File?.EndsWith("stuck.py", StringComparison.Ordinal) == true).Function!);
    }

    // Twice in a row: a thread may be between two waits.
    private static void WaitForRest(Target target, int sleepers)
    {
        int times = 0;
        Wait.Until(
            () => (times = ProcOracle.Threads(target.ProcessId).Count(id => ProcOracle.State(target.ProcessId, id) == 'S') == sleepers ? times + 1 : 0) == 2,
            "the threads that wait do not sleep");
    }
}
