using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class StoppedTargetTests
{
    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_process_that_was_stopped_before_is_captured_and_stays_stopped(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "many_threads.py");
        Signals.Send(target.ProcessId, Signals.Stop);
        try
        {
            Wait.Until(() => AllAre('T', target), "SIGSTOP did not stop the target");

            OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));

            Wait.Until(() => AllAre('T', target), $"the capture has moved the target: {ProcOracle.Held(target.ProcessId)}");
            Assert.All(ProcOracle.Threads(target.ProcessId), thread => Assert.Equal(0, ProcOracle.Tracer(target.ProcessId, thread)));
            OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.NoBlock));
        }
        finally
        {
            Signals.Send(target.ProcessId, Signals.Continue);
        }

        ProcOracle.AssertRunsFreely(target.ProcessId);
        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        target.CloseInput();
        Assert.Equal(0, target.WaitForExit());
    }

    [Fact]
    public void A_stop_that_comes_during_captures_stops_the_target_and_a_continue_continues_it()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 3);
        using StackSession session = Captures.Open(beat.Target.ProcessId, Captures.Blocking);
        for (int i = 0; i < TestMatrix.Count(gate: 8, whole: 20); i++)
        {
            session.Take();
            Signals.Send(beat.Target.ProcessId, Signals.Stop);
            session.Take();
            Wait.Until(() => AllAre('T', beat.Target), "the stop was lost");
            session.Take();
            Wait.Until(() => AllAre('T', beat.Target), "the stop was undone");
            Signals.Send(beat.Target.ProcessId, Signals.Continue);
            session.Take();
            beat.AssertGoesOn();
        }
    }

    private static bool AllAre(char state, Target target)
        => ProcOracle.Threads(target.ProcessId).All(thread => ProcOracle.State(target.ProcessId, thread) == state);
}
