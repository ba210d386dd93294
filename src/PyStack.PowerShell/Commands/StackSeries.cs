using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Capture;

namespace PyStack;

/// <summary>The captures of <c>-Count</c> and <c>-Interval</c>: of which processes, when the next one is due, and what was reported.</summary>
internal sealed class StackSeries(int count, TimeSpan interval)
{
    /// <summary>A thread that was stopped for a capture waits again by then, as a rule.</summary>
    private static readonly TimeSpan SettlesAfter = TimeSpan.FromMilliseconds(50);

    private readonly List<int> _ids = [];
    private readonly HashSet<(object?, string)> _reported = [];

    // With the number of the capture in which each was used last. A thread that does not answer may still use it.
    private readonly ConcurrentDictionary<int, (CaptureSeries Captures, int Last)> _captures = new();
    private int _taken;
    private long _due;

    /// <summary>The processes that were captured.</summary>
    public IEnumerable<(int ProcessId, CaptureSeries Captures)> Captures
    {
        get
        {
            foreach ((int processId, (CaptureSeries captures, _)) in _captures)
            {
                yield return (processId, captures);
            }
        }
    }

    /// <summary>Whether there is another capture.</summary>
    public bool HasNext => _taken < count && _ids.Count > 0;

    /// <summary>Adds processes, each once.</summary>
    public void Add(int[] ids)
    {
        foreach (int id in ids)
        {
            if (!_ids.Contains(id))
            {
                _ids.Add(id);
            }
        }
    }

    /// <summary>Begins a capture.</summary>
    /// <returns>Its processes.</returns>
    public int[] Begin()
    {
        long step = (long)(interval.TotalSeconds * Stopwatch.Frequency);
        long now = Stopwatch.GetTimestamp();
        _due = _taken == 0 ? now + step : _due + (step * (1 + Math.Max(0, (now - _due) / step)));
        foreach ((int processId, (_, int last)) in _captures)
        {
            if (last < _taken)
            {
                // A child that has ended.
                _ = _captures.TryRemove(processId, out _);
            }
        }

        _taken++;
        return [.. _ids];
    }

    /// <summary>What was seen of a process in the captures before.</summary>
    public CaptureSeries Of(int processId) => _captures.AddOrUpdate(processId, _ => (new CaptureSeries(), _taken), (_, known) => (known.Captures, _taken)).Captures;

    /// <summary>Whether a failure has not been reported before. One that means that the process has ended is the last one of it.</summary>
    public bool IsNew(ErrorRecord failure)
    {
        string id = failure.FullyQualifiedErrorId;
        if (failure.TargetObject is int processId && (id.StartsWith(nameof(EngineError.ProcessExited), StringComparison.Ordinal) || id.StartsWith(nameof(EngineError.ProcessNotFound), StringComparison.Ordinal)))
        {
            _ = _ids.Remove(processId);
            _ = _captures.TryRemove(processId, out _);
        }

        return _reported.Add((failure.TargetObject, id));
    }

    /// <summary>Waits until threads that were stopped wait again. Nothing is waited for after the last capture.</summary>
    public void WaitUntilSettled(CancellationToken stop)
    {
        if (HasNext)
        {
            Wait(SettlesAfter < interval / 2 ? SettlesAfter : interval / 2, stop);
        }
    }

    /// <summary>Waits until the next capture is due: the beginnings are at equal distances, and one that is late does not delay those after it.</summary>
    public void WaitUntilNext(CancellationToken stop)
    {
        if (HasNext)
        {
            Wait(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _due), stop);
        }
    }

    private static void Wait(TimeSpan time, CancellationToken stop)
    {
        if (time > TimeSpan.Zero)
        {
            _ = stop.WaitHandle.WaitOne(time);
        }
    }
}
