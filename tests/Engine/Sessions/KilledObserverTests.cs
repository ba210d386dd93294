using System;
using System.Threading;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Observer;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class KilledObserverTests
{
    private static readonly int Kills = TestMatrix.Count(gate: 6, whole: 16);

    // Every other one is killed when a thread is seen to be traced, the rest at a moment within the first 30 ms after a capture, far longer than one takes.
    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_target_with_few_threads_runs_on_when_the_observer_is_killed_in_the_middle(string interpreter)
        => KillObservers(interpreter, 2);

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_target_with_many_threads_runs_on_when_the_observer_is_killed_in_the_middle(string interpreter)
        => KillObservers(interpreter, 20);

    private static void KillObservers(string interpreter, int threads)
    {
        using Heartbeat target = new(InterpreterSet.Named(interpreter), threads);
        Random random = new(threads);
        for (int i = 0; i < Kills; i++)
        {
            using Target observer = ObserverProcess.Start("loop", target.Target.ProcessId);
            string capture = observer.ReadLine();
            Assert.True(capture.Contains(':', StringComparison.Ordinal), capture);
            if (i % 2 == 0)
            {
                int thread = ProcOracle.Threads(target.Target.ProcessId)[^1];
                Wait.Until(() => ProcOracle.Tracer(target.Target.ProcessId, thread) != 0, "the observer does not stop its target");
            }
            else
            {
                Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(30_000)));
            }

            Assert.False(observer.HasExited, observer.Describe());

            observer.Kill();
            observer.WaitForExit();

            target.AssertGoesOn();
        }
    }
}
