using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class SignalSafetyTests
{
    private const int Count = 1000;

    /// <summary>2.7 cannot count them itself: trip_signal in its Modules/signalmodule.c merges signals that come close together.</summary>
    public static TheoryData<string> SeriesThatCountSignals => [.. InterpreterSet.OnePerSeries.Where(one => (one.Major, one.Minor) == (3, 6) || (one.Major > 2 && (TestMatrix.IsWhole || Rows.IsOldestOrNewest(one)))).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public async Task A_thousand_queued_signals_arrive_in_order_with_their_values_during_captures(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "signals_in_order.py", new() { Arguments = [$"{Count}"] });

        await SendDuringCaptures(target, (int)target.ReadNumber());

        Assert.Equal(string.Join(' ', Enumerable.Range(0, Count)), target.ReadLine());
        ProcOracle.AssertRunsFreely(target.ProcessId);
    }

    [Theory]
    [MemberData(nameof(SeriesThatCountSignals))]
    public async Task A_thousand_signals_that_interrupt_running_code_are_delivered_once_each_during_captures(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "signals_counted.py", new() { Arguments = [$"{Count}"] });

        await SendDuringCaptures(target, (int)target.ReadNumber());

        Assert.Equal(Count, target.ReadNumber());
        target.CloseInput();
        Assert.Equal("no more", target.ReadLine());
    }

    // At least one capture ends for every ten signals, so that signals meet each moment of a capture.
    private static async Task SendDuringCaptures(Target target, int signal)
    {
        int captures = 0;
        bool sent = false;
        Task capturing = Task.Run(
            () =>
            {
                using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);
                while (!Volatile.Read(ref sent))
                {
                    session.Take();
                    Interlocked.Increment(ref captures);
                }
            },
            TestContext.Current.CancellationToken);
        for (int i = 0; i < Count; i++)
        {
            Signals.Queue(target.ProcessId, signal, i);
            if (i % 10 == 0)
            {
                int seen = Volatile.Read(ref captures);
                Wait.Until(() => Volatile.Read(ref captures) > seen || capturing.IsCompleted, "no capture ends");
            }
        }

        Volatile.Write(ref sent, true);
        await capturing;
    }
}
