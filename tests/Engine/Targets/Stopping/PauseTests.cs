using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Native;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stopping;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Stopping;

/// <summary>The pause ends, whatever happens in it, and nobody is left stopped.</summary>
public sealed class PauseTests
{
    public static TheoryData<string> Phases() => [.. Enum.GetNames<PausePhase>()];

    [Fact]
    public async Task Work_that_does_not_end_is_given_up_and_the_target_runs_on_meanwhile()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 3);
        using ManualResetEventSlim isStuck = new();
        using ManualResetEventSlim mayEnd = new();
        Task<EngineException?> pause = Pause(beat.Target.ProcessId, new Work(() =>
        {
            isStuck.Set();
            mayEnd.Wait(TestContext.Current.CancellationToken);
        }), null, TestContext.Current.CancellationToken);

        isStuck.Wait(TestContext.Current.CancellationToken);
        beat.AssertGoesOn();

        Assert.False(pause.IsCompleted);
        mayEnd.Set();
        EngineException? error = await pause;
        Assert.Equal(EngineError.NotResponding, error?.Error);
        Assert.Contains("could not be copied within 2 s", error!.Message, StringComparison.Ordinal);
        beat.AssertGoesOn();
    }

    /// <summary>During the pause it is a real-time thread on one processor, beside the target's.</summary>
    [Fact]
    public void The_calling_thread_has_its_priority_and_its_processors_again()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 3);
        ProcessFacts facts = ProcessFacts.Read(beat.Target.ProcessId);
        string before = Placement();
        string inside = "";
        string after = "";
        Thread observer = new(() =>
        {
            _ = PauseRunner.Run(facts, null, new Work(() => inside = Placement()), CancellationToken.None, only: [beat.Target.ProcessId]);
            after = Placement();
        });

        observer.Start();
        observer.Join();

        Assert.Equal(before, after);
        Assert.SkipWhen(inside == before, "there is no second processor, and no right to raise a priority");
    }

    // The processors that the calling thread may use, and its policy and priority: fields 40 and 41 of its stat.
    private static string Placement()
    {
        string status = File.ReadLines("/proc/thread-self/status").First(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal));
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return status + " " + string.Join(' ', stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[37..39]);
    }

    [Fact]
    public async Task Work_that_throws_lets_the_target_go()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 3);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Pause(beat.Target.ProcessId, new Work(() => throw new InvalidOperationException("broken")), null, TestContext.Current.CancellationToken));

        beat.AssertGoesOn();
    }

    [Fact]
    public async Task A_call_cancelled_in_any_phase_lets_the_target_go()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 3);
        foreach (PausePhase phase in Enum.GetValues<PausePhase>())
        {
            using CancellationTokenSource stop = new();

            Task<EngineException?> pause = Pause(beat.Target.ProcessId, new Work(() => { }), at => CancelAt(at, phase, stop), stop.Token);

            if (phase < PausePhase.Done)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pause);
            }
            else
            {
                // Cancelled when all is over: it may be told or not, and the tracer uses the source until then.
                _ = await Record.ExceptionAsync(() => pause);
            }

            beat.AssertGoesOn();
        }
    }

    /// <summary>The kernel tells the target's parent of its end only when the tracer lets the target go.</summary>
    [Theory]
    [MemberData(nameof(Phases))]
    public async Task A_target_killed_in_any_phase_is_reported_to_its_parent_although_the_tracer_lives_on(string phase)
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_threads.py");

        _ = await Pause(target.ProcessId, new Work(() => { }), at => KillAt(at, Enum.Parse<PausePhase>(phase), target), TestContext.Current.CancellationToken);

        // Nothing of it may be left with a tracer that waits for its next pause: its parent would be told when that ends.
        Wait.Until(() => target.HasExited || IsTraced(target.ProcessId), "the target is not killed");
        Assert.False(IsTraced(target.ProcessId) && !Wait.Within(TimeSpan.FromSeconds(5), () => !IsTraced(target.ProcessId)), "the dead target is kept by its tracer");
        Assert.Equal(128 + 9, target.WaitForExit());
    }

    private static bool IsTraced(int processId)
        => ProcOracle.Threads(processId).Any(thread => ProcOracle.Tracer(processId, thread) != 0);

    [Fact]
    public async Task Memory_that_does_not_answer_ends_the_pause_and_the_call()
    {
        Interpreter python = InterpreterSet.All[^1];
        using Target target = Target.StartSilent(python, "missing_page.py");
        string address = target.ReadLine();
        Assert.SkipWhen(address == "none", "userfaultfd(2) is not allowed here");
        ulong page = ulong.Parse(address, System.Globalization.CultureInfo.InvariantCulture);
        Task<EngineException?> pause = Task.Run(
            () => Catch(() => WatchedWork.Run("Process", () => RunPause(target.ProcessId, new Work(() => ProcessMemory.Read(target.ProcessId, page, new byte[1])), null, default), () => { }, default)),
            TestContext.Current.CancellationToken);

        // The read sits in the kernel until the target ends: neither the target nor the caller waits for it.
        EngineException? error = await pause;
        Assert.Equal(EngineError.NotResponding, error?.Error);
        ProcOracle.AssertRunsFreely(target.ProcessId);
        target.CloseInput();
        Assert.Equal(0, target.WaitForExit());
    }

    [Fact]
    public async Task Two_observers_at_once_both_get_their_turn()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 8);
        Task[] observers = new Task[3];
        for (int i = 0; i < observers.Length; i++)
        {
            observers[i] = Task.Run(
                () =>
                {
                    using StackSession session = Sessions.Captures.Open(beat.Target.ProcessId, Sessions.Captures.Blocking);
                    for (int capture = 0; capture < 40; capture++)
                    {
                        try
                        {
                            Assert.Equal(9, Sessions.Captures.Take(session).Length);
                        }
                        catch (EngineException e)
                        {
                            // Busy machines let others hold it for longer than is waited for: then it is told as what it is.
                            Assert.True(e.Error == EngineError.AlreadyTraced, e.ToString());
                        }
                    }
                },
                TestContext.Current.CancellationToken);
        }

        await Task.WhenAll(observers);

        beat.AssertGoesOn();
    }

    private static void CancelAt(PausePhase at, PausePhase wanted, CancellationTokenSource stop)
    {
        if (at == wanted)
        {
            stop.Cancel();
        }
    }

    private static void KillAt(PausePhase at, PausePhase wanted, Target target)
    {
        if (at == wanted)
        {
            target.Kill();
        }
    }

    private static Task<EngineException?> Pause(int processId, IPauseWork work, Action<PausePhase>? between, CancellationToken cancellation)
        => Task.Run(() => Catch(() => RunPause(processId, work, between, cancellation)), TestContext.Current.CancellationToken);

    private static bool RunPause(int processId, IPauseWork work, Action<PausePhase>? between, CancellationToken cancellation)
    {
        _ = PauseRunner.Run(ProcessFacts.Read(processId), null, work, cancellation, between);
        return true;
    }

    private static EngineException? Catch(Func<bool> run)
    {
        try
        {
            _ = run();
            return null;
        }
        catch (EngineException e)
        {
            return e;
        }
    }

    private sealed class Work(Action action) : IPauseWork
    {
        public void Run(in StoppedThreads threads) => action();
    }
}
