using System;
using System.Collections.Generic;
using System.Diagnostics;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture;

/// <summary>
/// Captures of one process, one after the other: since when each thread has had the same frames, been at the same instruction and not run. Not thread-safe.
/// </summary>
/// <remarks>
/// That a thread did not run is proved by the kernel's count, as in <see cref="RunCounts"/>. A capture may itself stop a thread, which runs for a moment afterwards until it waits again: so the
/// count is taken a little after the capture (<see cref="Settle"/>), and compared before the next one.
/// </remarks>
internal sealed class CaptureSeries
{
    /// <summary>Who waits for the GIL looks every 5 ms whether it is free (Python/ceval_gil.c, take_gil): it may run for this part of the time, and is still where it was.</summary>
    private const double MostOfGilWaiter = 0.05;

    private Dictionary<Key, Seen> _before = [];
    private Dictionary<Key, Seen> _now = [];
    private readonly Dictionary<int, RunCount?> _counts = [];
    private readonly HashSet<int> _still = [];
    private ProcessFacts? _process;
    private RunCounts? _reader;
    private long _first;
    private long _atBefore;
    private long _at;

    /// <summary>Call it before a capture.</summary>
    /// <exception cref="EngineException">The process of the captures before has ended, and another one has its id.</exception>
    public void Begin(ProcessFacts process)
    {
        if (_process is not null && process.StartTicks != _process.StartTicks)
        {
            ProcessFacts ended = _process;
            _process = null;
            _now.Clear();
            throw ended.Exited();
        }

        if (_process?.HasOtherProgram(process) == true)
        {
            _now.Clear();
        }

        _process = process;
        _reader = new RunCounts(process);
        (_atBefore, _at) = (_at, Stopwatch.GetTimestamp());
        _first = _first == 0 ? _at : _first;
        (_before, _now) = (_now, []);
        _still.Clear();
        foreach (Key key in _before.Keys)
        {
            if (_counts.TryGetValue(key.ThreadId, out RunCount? count) && _reader.HasStoodStill(key.ThreadId, count))
            {
                _ = _still.Add(key.ThreadId);
            }
        }
    }

    /// <summary>Call it a little after a capture, when threads that it stopped wait again.</summary>
    /// <returns>True.</returns>
    public bool Settle()
    {
        _counts.Clear();
        foreach (Key key in _now.Keys)
        {
            _counts[key.ThreadId] = _reader!.Read(key.ThreadId);
        }

        return true;
    }

    /// <summary>Notes a thread of this capture. If the capture is repeated, the last time counts.</summary>
    /// <param name="threadId">The OS thread; 0 if it is not known.</param>
    /// <param name="state">Its state; null of a thread that Python does not know.</param>
    /// <param name="facts">Its CPU time, for kernels that do not count.</param>
    /// <param name="isForGil">Whether it waits for the GIL.</param>
    /// <returns>Seconds since when it is unchanged, and whether it has been from the first capture on; null if that is not known.</returns>
    public (double? UnchangedSeconds, bool? IsStuck) Note(int threadId, CapturedThread? state, in ThreadFacts facts, bool isForGil)
    {
        if (threadId <= 0)
        {
            return (null, null);
        }

        Key key = new(threadId, state?.Address ?? 0);
        Seen seen = new(Fingerprint(state), _at, facts.CpuTime, isForGil);
        if (_before.TryGetValue(key, out Seen before) && before.Frames == seen.Frames && HasStoodStill(threadId, before, seen, facts))
        {
            seen = seen with { Since = before.Since };
        }

        _now[key] = seen;
        double seconds = Math.Round(Stopwatch.GetElapsedTime(seen.Since, _at).TotalSeconds, 3);
        return (seconds, _first == _at ? null : seen.Since == _first);
    }

    private bool HasStoodStill(int threadId, Seen before, Seen now, in ThreadFacts facts)
    {
        if (_still.Contains(threadId))
        {
            return true;
        }

        TimeSpan? used = now.CpuTime - before.CpuTime;
        if (before.IsForGil && now.IsForGil)
        {
            return used?.TotalSeconds <= MostOfGilWaiter * Stopwatch.GetElapsedTime(_atBefore, _at).TotalSeconds;
        }

        // The kernel does not count.
        return _counts.TryGetValue(threadId, out RunCount? count) && count is null && used == TimeSpan.Zero
            && facts.State is PyThreadState.Sleeping or PyThreadState.DiskSleep;
    }

    // Frames are told apart by their addresses, and the instruction of each.
    private static ulong Fingerprint(CapturedThread? state)
    {
        // FNV-1a, by words.
        ulong hash = 0xcbf29ce484222325;
        foreach (PythonFrame frame in state?.Frames ?? [])
        {
            hash = (hash ^ frame.Address ^ (uint)HashCode.Combine(frame.Code.FileName, frame.Code.Name, frame.Code.FirstLine, frame.Instruction)) * 0x100000001b3;
        }

        return hash;
    }

    /// <param name="State">The address of the thread state; 0 without one.</param>
    private readonly record struct Key(int ThreadId, ulong State);

    /// <param name="Since">The first capture in which it was as it is.</param>
    private readonly record struct Seen(ulong Frames, long Since, TimeSpan? CpuTime, bool IsForGil);
}
