using System;
using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Unwinding;

namespace PyStack.Engine.Capture.Merging;

/// <summary>The frames that one thread state shows if native frames are requested.</summary>
/// <param name="Frames">Outermost first.</param>
/// <param name="Failure">Why native and Python frames could not be merged; null if they could.</param>
/// <param name="Native">The native stack of its OS thread.</param>
/// <param name="Order">0 for the outermost of the OS thread's interpreters.</param>
internal sealed record MergedThread(List<MergedFrame> Frames, string? Failure, NativeStack Native, int Order)
{
    /// <inheritdoc cref="MergeOutcome.MayMergeNextTime"/>
    public bool MayMergeNextTime { get; init; }

    /// <summary>Its native frames without those of other CPythons.</summary>
    public required NativeStack Own { get; init; }
}

/// <summary>Reads the native stacks of a capture and merges each with the thread states of its OS thread.</summary>
internal sealed class NativeMerge
{
    private readonly Dictionary<int, NativeStack> _stacks = [];
    private readonly LoopOwners _owners;
    private readonly StackMerger _merger;
    private readonly IEngineLog _log;

    public NativeMerge(ITarget target, IReadOnlyList<PythonRuntime> runtimes, CapturedProcess captured, StackOptions options, IEngineLog log)
    {
        _log = log;
        _owners = new LoopOwners(runtimes);
        _merger = new StackMerger(_owners, options.Native == NativeMode.Last);
        using NativeStackReader reader = new(target, options.Limits, log, servers: options.Servers);
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

        List<MergePart> parts = [];
        bool isInnerEndKnown = true;
        bool hasPython = false;
        foreach (CapturedThread state in states)
        {
            parts.Add(new MergePart(state.Frames, state.IsOuterEndKnown, state.Runtime));
            hasPython |= state.Frames.Count > 0;
            isInnerEndKnown &= state.IsInnerEndKnown;
        }

        MergeOutcome outcome = !isInnerEndKnown ? _merger.Unmerged(parts, native, "the thread ran while it was read, and its innermost Python frames are unknown")
            : hasPython && native.Moment < NativeMoment.BetweenEqualFrames ? _merger.Unmerged(parts, native, "the thread ran, and its native and Python frames are from different moments")
            : _merger.Merge(parts, native);
        if (!outcome.IsMerged)
        {
            LogOutcome(threadId, native, outcome);
        }

        if (outcome.FirstNative > 0)
        {
            native = native with { Frames = native.Frames[outcome.FirstNative..], End = UnwindEnd.Complete };
        }

        MergedThread[] threads = new MergedThread[states.Count];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new MergedThread(outcome.Parts[i], outcome.Failure, native, Array.IndexOf(outcome.Order, i))
            {
                MayMergeNextTime = outcome.MayMergeNextTime,
                Own = _owners.WithoutOthers(native, states[i].Runtime),
            };
        }

        return threads;
    }

    private void LogOutcome(int threadId, NativeStack native, MergeOutcome outcome)
    {
        _log.Verbose($"Thread {threadId} cannot be merged: {outcome.Failure}; native stack: {native.End}, {native.Frames.Count} frames.");
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
