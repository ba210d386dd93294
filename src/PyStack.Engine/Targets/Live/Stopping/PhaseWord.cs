using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// How far a pause is, as the tracer and the worker tell each other. Who waits polls for a short time and then sleeps in the kernel until the other one
/// wakes it: a sleep of fixed length would end late, and polling for longer would keep the other from the processor.
/// </summary>
/// <param name="polls">Whether the two run on different processors.</param>
internal sealed unsafe class PhaseWord(bool polls)
{
    private const int SpinIterations = 10;

    // On the same processor the other thread cannot run while we poll.
    private readonly long _spinTicks = polls && Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 25_000 : 0;

    private readonly int[] _word = GC.AllocateArray<int>(1, pinned: true);
    private int _sleepers;

    public PausePhase Value => (PausePhase)Volatile.Read(ref _word[0]);

    public void Set(PausePhase phase)
    {
        _ = Interlocked.Exchange(ref _word[0], (int)phase);
        Wake();
    }

    /// <summary>Changes the phase if it is <paramref name="from"/>.</summary>
    public void Change(PausePhase from, PausePhase to)
    {
        if (Interlocked.CompareExchange(ref _word[0], (int)to, (int)from) == (int)from)
        {
            Wake();
        }
    }

    /// <summary>Waits while the phase is what it was, for some microseconds at most.</summary>
    /// <param name="phase">That phase.</param>
    /// <param name="microseconds">How long at most, below a second.</param>
    public void WaitWhile(PausePhase phase, int microseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetTimestamp() - start < _spinTicks)
        {
            if (Value != phase)
            {
                return;
            }

            Thread.SpinWait(SpinIterations);
        }

        _ = Interlocked.Increment(ref _sleepers);
        Futex.Wait(Address, (int)phase, microseconds);
        _ = Interlocked.Decrement(ref _sleepers);
    }

    // The array is pinned, and lives as long as this object.
    private int* Address => (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _word[0]);

    private void Wake()
    {
        if (Volatile.Read(ref _sleepers) > 0)
        {
            Futex.Wake(Address);
        }
    }
}
