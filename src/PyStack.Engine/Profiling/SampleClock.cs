using System;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Native;

namespace PyStack.Engine.Profiling;

/// <summary>When samples are due. What is late by more than one period is missed: samples are not made up for, since they would be of another moment. It belongs to the thread that made it.</summary>
internal sealed class SampleClock : IDisposable
{
    /// <summary>A sleep of the system ends about so much too late: shorter waits are spent with looking at the clock.</summary>
    private static readonly long ShortestSleep = Stopwatch.Frequency / 20_000;

    /// <summary>Cancellation is looked at so often.</summary>
    private static readonly long LongestSleep = Stopwatch.Frequency / 20;

    private readonly double _period;
    private readonly double _jitter;
    private readonly Random _random = new(1);
    private readonly PromptWakeUps _prompt = PromptWakeUps.Begin();
    private double _next;

    /// <param name="rate">Samples in a second.</param>
    public SampleClock(double rate)
    {
        _period = Stopwatch.Frequency / rate;

        // Programs that do something at a regular interval would be seen in one phase of it only.
        _jitter = _period / 4;
        Start = Stopwatch.GetTimestamp();
        _next = Start;
    }

    public long Start { get; }

    public long Missed { get; private set; }

    /// <summary>Waits until a sample is due.</summary>
    /// <param name="deadline">Ticks at which there is no more.</param>
    /// <returns>The time in ticks; that of the deadline or later if there is no more.</returns>
    public long WaitNext(long deadline, CancellationToken cancellation)
    {
        long now = Stopwatch.GetTimestamp();
        double due = _next + ((_random.NextDouble() - 0.5) * _jitter);
        while (now < due && now < deadline && !cancellation.IsCancellationRequested)
        {
            double left = Math.Min(due, deadline) - now;
            if (left > ShortestSleep)
            {
                ThreadWait.Sleep((int)(Math.Min(left, LongestSleep) * 1e6 / Stopwatch.Frequency));
            }
            else
            {
                Thread.SpinWait(4);
            }

            now = Stopwatch.GetTimestamp();
        }

        _next += _period;
        if (now - _next > _period)
        {
            long late = (long)((now - _next) / _period);
            Missed += late;
            _next += late * _period;
        }

        return now;
    }

    public void Dispose() => _prompt.Dispose();
}
