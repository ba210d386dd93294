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

    private int _word;
    private int _sleepers;

    public PausePhase Value => (PausePhase)Volatile.Read(ref _word);

    public void Set(PausePhase phase)
    {
        _ = Interlocked.Exchange(ref _word, (int)phase);
        Wake();
    }

    /// <summary>Changes the phase if it is <paramref name="from"/>.</summary>
    public void Change(PausePhase from, PausePhase to)
    {
        if (Interlocked.CompareExchange(ref _word, (int)to, (int)from) == (int)from)
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
        fixed (int* word = &_word)
        {
            Futex.Wait(word, (int)phase, microseconds);
        }

        _ = Interlocked.Decrement(ref _sleepers);
    }

    private void Wake()
    {
        if (Volatile.Read(ref _sleepers) > 0)
        {
            // Of a thread that waits in the kernel, the wait has pinned it at the same place.
            fixed (int* word = &_word)
            {
                Futex.Wake(word);
            }
        }
    }
}
