using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live;

/// <summary>Stops a process, does a piece of work, and lets it run on, all on one OS thread that ends with the pause.</summary>
internal static class PauseRunner
{
    /// <summary>What the whole process may allocate during a pause without a garbage collection: other threads run on.</summary>
    private const long AllocationBudget = 8 << 20;

    private const int StackSize = 512 << 10;

    /// <summary>An interface call is bound to its target at the second use of a call site.</summary>
    private const int WarmUps = 3;

    /// <summary>The id of a thread that has ended may be given to a new one: the wait for its end is bounded.</summary>
    private const int MostSpins = 1000;

    /// <exception cref="Primitives.EngineException">The process cannot be stopped.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public static PauseReport Run(ProcessFacts target, IPauseWork work, CancellationToken cancellation)
    {
        PauseReport report = default;
        ExceptionDispatchInfo? failure = null;
        int tracerId = 0;
        Thread tracer = new(
            () =>
            {
                try
                {
                    tracerId = Identity.ThreadId();
                    report = RunOnThisThread(target, work, cancellation);
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            StackSize)
        {
            IsBackground = true,
            Name = "PyStack tracer",
        };
        using (ChildWatch.HoldOff())
        {
            tracer.Start();
            tracer.Join();

            // The kernel lets go of what is left when the OS thread ends, which is a moment after the managed one.
            string task = $"/proc/self/task/{tracerId}";
            SpinWait spin = default;
            while (Directory.Exists(task) && spin.Count < MostSpins)
            {
                spin.SpinOnce();
            }
        }

        failure?.Throw();
        return report;
    }

    /// <summary>
    /// Goes through a pause once, with a thread that cannot exist, so that the runtime binds every call of it before a
    /// target waits for it. The work is done on the running process.
    /// </summary>
    public static void WarmUp(ProcessFacts target, ThreadRegisters registers, IPauseWork work)
    {
        ThreadStopper stopper = new(target);
        stopper.WarmUp();
        _ = registers.ReadPthreadId(int.MaxValue);
        for (int i = 0; i < WarmUps; i++)
        {
            stopper.Pretend();
            _ = Pause(stopper, seize: false, work, CancellationToken.None);
        }
    }

    private static PauseReport RunOnThisThread(ProcessFacts target, IPauseWork work, CancellationToken cancellation)
    {
        ThreadWait.MakeSleepsPrecise();
        ThreadWait.KeepStopsQuiet();
        return Pause(new ThreadStopper(target), seize: true, work, cancellation);
    }

    private static PauseReport Pause(ThreadStopper stopper, bool seize, IPauseWork work, CancellationToken cancellation)
    {
        bool isCollectionHeldOff = TryHoldCollectionOff();
        DateTime startedAt;
        long start;
        long stopped;
        long worked;
        long end;
        int count;
        try
        {
            if (seize)
            {
                stopper.SeizeAll(cancellation);
            }

            startedAt = DateTime.UtcNow;
            start = Stopwatch.GetTimestamp();
            stopper.StopAll(cancellation);
            stopped = Stopwatch.GetTimestamp();
            count = stopper.Count;
            if (!cancellation.IsCancellationRequested)
            {
                work.Run(stopper);
            }

            worked = Stopwatch.GetTimestamp();
        }
        finally
        {
            stopper.DetachAll();
            end = Stopwatch.GetTimestamp();
            if (isCollectionHeldOff)
            {
                AllowCollection();
            }
        }

        cancellation.ThrowIfCancellationRequested();
        return new PauseReport(
            startedAt,
            Stopwatch.GetElapsedTime(start, end),
            Stopwatch.GetElapsedTime(start, stopped),
            Stopwatch.GetElapsedTime(stopped, worked),
            count,
            stopper.HasRunner);
    }

    private static bool TryHoldCollectionOff()
    {
        try
        {
            return GC.TryStartNoGCRegion(AllocationBudget, disallowFullBlockingGC: true);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Somebody else in this pwsh holds it off already, or the heap is limited to less than the budget.
            return false;
        }
    }

    private static void AllowCollection()
    {
        try
        {
            GC.EndNoGCRegion();
        }
        catch (InvalidOperationException)
        {
            // Other threads allocated more than the budget and a collection came in between; the region has ended.
        }
    }
}
