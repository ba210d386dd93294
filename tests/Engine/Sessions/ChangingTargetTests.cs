using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class ChangingTargetTests
{
    private static readonly int CapturesOfEach = TestMatrix.Count(gate: 80, whole: 200);
    private static readonly string[] MainStack = ["<module>", "main"];

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Threads_that_come_and_go_all_the_time_do_no_harm(string interpreter)
    {
        CaptureChurn(interpreter, Captures.Blocking, threads =>
        {
            // The main thread and the two that make the others are always there, and are the oldest.
            Assert.Equal(MainStack, threads[0].Frames.Select(frame => frame.Function));
            Assert.All(threads.Skip(1).Take(2), thread => Assert.Equal("churn", FirstOfProgram(thread)));
            Assert.All(threads, thread => Assert.True(thread.IsCoherent));
        });
    }

    // Without a stop a list that changes can be seen in halves: threads may be missing, but none may be made up.
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Threads_that_come_and_go_all_the_time_have_possible_stacks_when_the_target_is_never_stopped(string interpreter)
    {
        int complete = 0;
        CaptureChurn(interpreter, Captures.NoBlock, threads =>
        {
            complete += threads[0].Frames.Select(frame => frame.Function).SequenceEqual(MainStack) ? 1 : 0;
            foreach (PyThread thread in threads.Where(thread => thread.IsCoherent && thread.Frames.Length > 0))
            {
                bool isMain = thread.Frames[0].Function == "<module>" && thread.Frames.Length == MainStack.Length;
                bool isOther = thread.Frames[0].Function!.EndsWith("_bootstrap", StringComparison.Ordinal) && FirstOfProgram(thread) is null or "churn" or "short_lived";
                Assert.True(isMain || isOther, $"{thread}: {string.Join(", ", thread.Frames.AsEnumerable())}");
            }
        });
        TestReport.Note($"Threads that come and go on {interpreter}, never stopped: {complete} of {CapturesOfEach} captures have the main thread's whole stack");
        Assert.InRange(complete, CapturesOfEach / 2, CapturesOfEach);
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewestAndMode), MemberType = typeof(Rows))]
    public void A_process_that_forks_and_executes_others_gives_stacks_or_a_known_error_and_goes_on(string interpreter, bool noBlock)
    {
        const int Generations = 12;
        Interpreter found = InterpreterSet.Named(interpreter);
        Assert.SkipWhen(found.Command.Count > 1, "started by a loader or in a chroot, sys.executable cannot start the interpreter again");
        using Target target = Target.StartSilent(found, "fork_exec.py", new() { Arguments = ["1", $"{Generations}"] });
        int stacks = 0;
        int errors = 0;
        string last = target.ReadLine();
        while (last != $"generation {Generations}")
        {
            try
            {
                using StackSession session = Captures.Open(target.ProcessId, noBlock ? Captures.NoBlock : Captures.Blocking);
                for (int i = 0; i < 5; i++)
                {
                    session.Take();
                    stacks++;
                }
            }
            catch (EngineException)
            {
                errors++;
            }

            IReadOnlyList<string> lines = target.ReadAvailableLines();
            last = lines.Count > 0 ? lines[^1] : last;
        }

        Assert.True(stacks + errors > 0);
        ProcOracle.AssertRunsFreely(target.ProcessId);
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "the last generation does not get to its end");
        Assert.Equal(MainStack, Captures.Once(target, Captures.Blocking)[0].Frames.Select(frame => frame.Function));
        target.CloseInput();
        Assert.Equal(0, target.WaitForExit());
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void The_other_threads_are_shown_when_the_main_thread_has_ended(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "main_gone.py");
        Captures.InBothModes(noBlock => AssertOthersAreShown(target, noBlock));
    }

    private static void AssertOthersAreShown(Target target, bool noBlock)
    {
        PyThread[] threads = Captures.Once(target, noBlock ? Captures.NoBlock : Captures.Blocking);

        OracleReport others = target.Oracle with { Threads = [.. target.Oracle.Threads.Skip(1)] };
        Assert.Equal("", OracleComparison.Differences(others, threads[1..]));
        Assert.True(threads[0].IsTerminated, "the main thread's end is not told");
        Assert.Equal("left_over", threads[^1].Frames[^1].Function);
    }

    private static void CaptureChurn(string interpreter, StackOptions options, Action<PyThread[]> check)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "thread_churn.py");
        target.ReadLine();
        using StackSession session = Captures.Open(target.ProcessId, options);
        for (int i = 0; i < CapturesOfEach; i++)
        {
            check(session.Take());
        }

        ProcOracle.AssertRunsFreely(target.ProcessId);
        target.CloseInput();
        Assert.Equal(0, target.WaitForExit());
    }

    private static string? FirstOfProgram(PyThread thread)
        => thread.Frames.FirstOrDefault(frame => frame.File!.EndsWith("thread_churn.py", StringComparison.Ordinal))?.Function;
}
