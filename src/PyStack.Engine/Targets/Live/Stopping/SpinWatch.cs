using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// Waits for another thread that is about to be ready: polls for a few microseconds, and then sleeps, short at first. A thread that sleeps leaves its
/// processor to the one that it waits for, and is scheduled before CPU-bound threads when it wakes.
/// </summary>
internal struct SpinWatch
{
    private const int ShortSleep = 5;
    private const int LongSleep = 500;
    private const int SpinIterations = 20;

    // On one processor the other thread cannot run while we poll.
    private static readonly long SpinTicks = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 50_000 : 0;

    private long _start;
    private int _sleeps;

    /// <summary>The time since the first call.</summary>
    public readonly TimeSpan Elapsed => _start == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_start);

    public void Wait()
    {
        long now = Stopwatch.GetTimestamp();
        if (_start == 0)
        {
            _start = now;
        }

        if (now - _start < SpinTicks)
        {
            Thread.SpinWait(SpinIterations);
            return;
        }

        // The first hundred sleeps are the shortest: some 1 ms.
        _sleeps++;
        ThreadWait.Sleep(_sleeps < 100 ? ShortSleep : Math.Min(ShortSleep * (_sleeps - 98), LongSleep));
    }
}
