using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Targets;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Sessions.Merging;

/// <summary>The frames that one thread state shows where native frames are wanted.</summary>
/// <param name="Frames">Outermost first.</param>
/// <param name="IsMerged">Whether native and Python frames could be put together.</param>
/// <param name="Native">The native stack of its OS thread.</param>
/// <param name="Order">0 for the outermost of the OS thread's interpreters.</param>
internal sealed record MergedThread(List<MergedFrame> Frames, bool IsMerged, NativeStack Native, int Order)
{
    /// <summary>
    /// Whether another capture may be merged where this one was not: the thread was caught where its evaluation loop stands and its frame does not,
    /// or no longer does.
    /// </summary>
    public bool IsWorthAnother { get; init; }
}

/// <summary>Reads the native stacks of a capture and merges each with the thread states of its OS thread.</summary>
internal sealed class NativeMerge
{
    private readonly Dictionary<int, NativeStack> _stacks = [];
    private readonly StackMerger _merger;
    private readonly IEngineLog _log;

    public NativeMerge(ITarget target, PythonVersion version, CapturedProcess captured, StackOptions options, IEngineLog log)
    {
        _log = log;
        _merger = new StackMerger(version, options.Native == NativeMode.Last);
        NativeStackReader reader = new(target, Architecture.Of(target.Machine), options.Limits, log);
        foreach (NativeThread thread in captured.NativeThreads)
        {
            _stacks[thread.ThreadId] = reader.Read(thread);
        }
    }

    /// <summary>The OS threads whose native stacks are known.</summary>
    public IReadOnlyDictionary<int, NativeStack> Stacks => _stacks;

    /// <summary>Merges the thread states of one OS thread with its native stack; null where it has none.</summary>
    /// <returns>One for each state, in their order.</returns>
    public MergedThread[]? Merge(int threadId, IReadOnlyList<CapturedThread> states)
    {
        if (!_stacks.TryGetValue(threadId, out NativeStack? native))
        {
            return null;
        }

        List<List<PythonFrame>> parts = [];
        foreach (CapturedThread state in states)
        {
            parts.Add(state.Frames);
        }

        bool isMerged = _merger.TryMerge(parts, native, out List<MergedFrame>[] merged, out int[] order, out int missing);
        bool isWorthAnother = !isMerged && native.End == UnwindEnd.Complete && missing is 1 or -1;
        if (!isMerged)
        {
            Tell(threadId, native, missing);
        }

        MergedThread[] threads = new MergedThread[states.Count];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new MergedThread(
                isMerged ? merged[i] : PythonOnly(parts[i]), isMerged, native, isMerged ? Array.IndexOf(order, i) : i)
            {
                IsWorthAnother = isWorthAnother,
            };
        }

        return threads;
    }

    private void Tell(int threadId, NativeStack native, int missing)
    {
        _log.Verbose($"Thread {threadId} cannot be merged: {Math.Abs(missing)} evaluation loops {(missing > 0 ? "fewer" : "more")} than entry frames, "
            + $"native stack: {native.End}, {native.Frames.Count} frames.");
        if (_log.IsDebugEnabled)
        {
            foreach (NativeFrame frame in native.Frames)
            {
                _log.Debug($"  {frame.Physical} 0x{frame.Address:x} {frame.LinkageName ?? "???"} {frame.Library ?? "no file"} ({frame.Source})");
            }
        }
    }

    /// <summary>All frames of a native stack.</summary>
    public static List<MergedFrame> NativeOnly(NativeStack native)
    {
        List<MergedFrame> frames = new(native.Frames.Count);
        foreach (NativeFrame frame in native.Frames)
        {
            frames.Add(MergedFrame.Of(frame));
        }

        return frames;
    }

    /// <summary>The Python frames that are shown.</summary>
    public static List<MergedFrame> PythonOnly(List<PythonFrame> python)
    {
        List<MergedFrame> frames = new(python.Count);
        foreach (PythonFrame frame in python)
        {
            if (!frame.IsHidden)
            {
                frames.Add(MergedFrame.Of(frame));
            }
        }

        return frames;
    }
}
