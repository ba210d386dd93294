using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Freezing;
using PyStack.Engine.Sessions;

namespace PyStack.Engine.Tests.Sessions.Freeze;

/// <summary>
/// Holds the observer up at one step of a capture, so that the target goes on there, and counts which way the captures took.
/// </summary>
/// <param name="seed">Which step, and for how long.</param>
internal sealed class FreezeObserver(int seed)
{
    private static readonly int Steps = Enum.GetValues<FreezeStep>().Length;
    private static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(2);

    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _ways = [];
    private readonly SortedDictionary<int, int> _stopped = [];
    private FreezeStep _held;
    private TimeSpan _hold;

    /// <summary>How often a thread was stopped in vain, because the GIL went on meanwhile.</summary>
    public int Lost { get; private set; }

    /// <summary>Gets a session ready for a capture. Every other one is held up somewhere.</summary>
    public void Prepare(StackSession session)
    {
        if ((session.Source as StoppedCapture)?.Freeze is not FreezeCapture freeze)
        {
            return;
        }

        _held = (FreezeStep)_random.Next(Steps);
        _hold = LongestHold * _random.NextDouble();
        freeze.After = _random.Next(2) == 0 ? null : Hold;
    }

    /// <summary>Counts a capture.</summary>
    public void Add(StackSession session)
    {
        FreezeCapture? freeze = (session.Source as StoppedCapture)?.Freeze;
        string way = freeze is null ? "no try" : session.LastPause == freeze.LastPause ? freeze.Kind.ToString() : "all";
        _ways[way] = _ways.GetValueOrDefault(way) + 1;
        Lost += freeze?.LostFreezes ?? 0;
        int stopped = session.LastPause?.Threads ?? 0;
        _stopped[stopped] = _stopped.GetValueOrDefault(stopped) + 1;
    }

    /// <summary>How many captures took which way, and the least, the middle and the most threads that were stopped.</summary>
    public override string ToString()
    {
        int half = (_stopped.Values.Sum() + 1) / 2;
        int median = _stopped.FirstOrDefault(one => (half -= one.Value) <= 0).Key;
        string ways = string.Join(", ", _ways.Select(one => $"{one.Key} {one.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $"ways: {ways}; lost {Lost}; stopped {_stopped.Keys.FirstOrDefault()}/{median}/{_stopped.Keys.LastOrDefault()}");
    }

    // It spins: a sleep would take longer than the shortest of them.
    private void Hold(FreezeStep step)
    {
        long start = Stopwatch.GetTimestamp();
        while (step == _held && Stopwatch.GetElapsedTime(start) < _hold)
        {
        }
    }
}
