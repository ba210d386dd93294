using System;

namespace PyStack.Engine.Capture;

/// <summary>
/// How often one call may stop its target: a capture that stopped a thread between two states is repeated, at most <see cref="MaxStops"/> times in
/// all, and no more once the target has been stopped for <see cref="MaxTime"/>. So a call stops a target for the time of one capture, or for little more
/// than <see cref="MaxTime"/>.
/// </summary>
internal sealed class StopBudget
{
    /// <summary>Captures of one call, the first one included.</summary>
    public const int MaxStops = 4;

    /// <summary>After this total stopped time of the target no further stop is begun.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the target has been stopped for this call.</summary>
    public TimeSpan Spent { get; private set; }

    /// <summary>How many captures were taken.</summary>
    public int Stops { get; private set; }

    /// <summary>Whether another capture may be taken.</summary>
    public bool HasMore => Stops < MaxStops && Spent < MaxTime;

    public void Add(TimeSpan pause)
    {
        Stops++;
        Spent += pause;
    }
}
