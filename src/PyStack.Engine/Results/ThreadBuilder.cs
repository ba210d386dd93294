using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Results;

/// <summary>Makes the public objects: gives each thread state its OS thread, its name, its native frames, its source lines and its status.</summary>
internal sealed class ThreadBuilder
{
    /// <summary>The interpreter of threads that are in none.</summary>
    private const long NoInterpreter = -1;

    private readonly ITarget _target;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly CapturedProcess _captured;
    private readonly IThreadDirectory _directory;
    private readonly ThreadIdentifier? _identifier;
    private readonly NativeMerge? _native;
    private readonly StackOptions _options;
    private readonly SourceLines _source;
    private readonly StackHash _hash = new();

    /// <param name="runtimes">Empty where there is no Python any more and native frames of all threads are wanted.</param>
    /// <param name="native">The native stacks of the capture, or null if none are wanted.</param>
    public ThreadBuilder(
        ITarget target, IReadOnlyList<PythonRuntime> runtimes, CapturedProcess captured, NativeMerge? native, StackOptions options, IEngineLog log)
    {
        _target = target;
        _runtimes = runtimes;
        _captured = captured;
        _native = native;
        _options = options;
        _directory = target.ListThreads();
        _identifier = runtimes.Count == 0 ? null : new ThreadIdentifier(target, runtimes, captured, _directory);
        _source = new SourceLines(target, options.Limits, log);
    }

    /// <summary>Whether some thread could not be merged that another capture may merge.</summary>
    public bool HasUnmerged { get; private set; }

    /// <summary>All threads, the main interpreter's first, within an interpreter the oldest first; then those that Python does not know.</summary>
    public PyThread[] Build(CancellationToken cancellation)
    {
        List<State> states = [];
        foreach (CapturedThread thread in ThreadOrder.OldestFirst(_captured.Threads))
        {
            cancellation.ThrowIfCancellationRequested();
            states.Add(Identify(thread));
        }

        MergeNative(states);
        List<PyThread> threads = new(states.Count);
        HashSet<int> withFrames = [];
        foreach (State state in states)
        {
            cancellation.ThrowIfCancellationRequested();
            PyThread built = Build(state);
            threads.Add(built);
            if (built.Frames.Length > 0)
            {
                withFrames.Add(built.ThreadId);
            }
        }

        // To 3.11 a new state carries its parent's ids until its own thread runs, and an interpreter keeps the state that it was made
        // with though nobody is in it: a state without frames is no thread of its own where the OS thread has frames elsewhere.
        threads.RemoveAll(thread => thread.Frames.Length == 0 && thread.ThreadId > 0 && withFrames.Contains(thread.ThreadId));
        AddUnknownToPython(threads);
        return ThreadOrder.PartsTogether(threads);
    }

    private State Identify(CapturedThread thread)
    {
        int threadId = _identifier!.Find(thread, out ThreadLife life);
        string? name = threadId > 0 ? _directory.NameOf(threadId) : null;
        if (threadId > 0 && name is null && _captured.Pause == TimeSpan.Zero && !_directory.Exists(threadId))
        {
            // It was read while it ran, and has ended by now.
            life = ThreadLife.Ended;
            threadId = 0;
        }

        if (life == ThreadLife.NotStarted)
        {
            thread.Warnings.Add("The thread had not begun to run: it had no OS thread yet.");
        }
        else if (life == ThreadLife.Unknown)
        {
            thread.Warnings.Add($"The OS thread of the Python thread 0x{thread.PthreadId:x} could not be found.");
        }

        return new State { Thread = thread, ThreadId = threadId, Name = name, IsTerminated = life == ThreadLife.Ended };
    }

    // All states of an OS thread share its native stack.
    private void MergeNative(List<State> states)
    {
        if (_native is null)
        {
            return;
        }

        Dictionary<int, List<State>> byThread = [];
        foreach (State state in states)
        {
            if (state.ThreadId == 0)
            {
                continue;
            }

            if (!byThread.TryGetValue(state.ThreadId, out List<State>? group))
            {
                byThread.Add(state.ThreadId, group = []);
            }

            group.Add(state);
        }

        foreach ((int threadId, List<State> group) in byThread)
        {
            // An interpreter's first state may belong to nobody; one without frames takes no part where another has some.
            if (group.Exists(state => state.Thread.Frames.Count > 0))
            {
                group.RemoveAll(state => state.Thread.Frames.Count == 0);
            }

            MergedThread[]? merged = _native.Merge(threadId, group.ConvertAll(state => state.Thread));
            for (int i = 0; i < group.Count; i++)
            {
                group[i].Merged = merged?[i];
                HasUnmerged |= merged?[i].MayMergeNextTime == true;
            }
        }
    }

    private PyThread Build(State state)
    {
        CapturedThread thread = state.Thread;
        PyGilState gil = thread.Gil;
        bool? isCollecting = thread.IsCollectingGarbage;
        // Without a single frame, and without knowing that there was none, nothing holds together.
        bool isCoherent = thread.IsCoherent && (thread.Frames.Count > 0 || thread.IsOuterEndKnown);
        if (state.Merged is MergedThread merged)
        {
            gil = NativeStackHints.Gil(gil, merged.Own);
            isCollecting = NativeStackHints.IsCollecting(isCollecting, thread.IsInterpreterCollecting, merged.Own);
            isCoherent &= merged.Native.IsCoherent;
            if (merged.Failure is string failure)
            {
                thread.Warnings.Add($"Unable to merge native and Python frames: {failure}. The Python frames come first, then the native ones.");
            }

            if (_options.NoBlock && !merged.Native.IsCoherent)
            {
                thread.Warnings.Add("The thread ran: its native frames are not of the very moment of its Python frames. Without -NoBlock they are.");
            }

            NativeStackHints.Warn(merged.Native, thread.Warnings);
        }
        else if (_native is not null && state.ThreadId > 0)
        {
            thread.Warnings.Add("The native frames of the thread could not be had: "
                + (_options.NoBlock ? "it neither stood still in the kernel nor could be sampled. Without -NoBlock they can be had." : "it could not be brought to stand still."));
        }

        List<MergedFrame> merge = state.Merged?.Frames ?? NativeMerge.PythonOnly(thread.Frames);
        PyFrame[] frames = Frames(merge, state.ThreadId, state.Name, thread.InterpreterId, thread.Warnings, out string hash);
        return new PyThread
        {
            ProcessId = _target.ProcessId,
            ProcessName = _target.Name,
            ThreadId = state.ThreadId,
            Name = state.Name,
            InterpreterId = thread.InterpreterId,
            Part = state.Merged?.Order ?? 0,
            RuntimeIndex = thread.Runtime,
            RuntimeCount = _runtimes.Count,
            PythonVersion = _runtimes[thread.Runtime].Version.ToString(),
            Gil = gil,
            IsCollectingGarbage = isCollecting,
            IsTerminated = state.IsTerminated,
            IsMerged = state.Merged is null ? null : state.Merged.Failure is null,
            Status = ThreadStatus.Describe(state.IsTerminated, gil, isCollecting),
            Frames = frames,
            StackHash = hash,
            CapturedAt = _captured.CapturedAt.ToLocalTime(),
            Pause = _captured.Pause,
            IsCoherent = isCoherent,
            Warnings = [.. thread.Warnings],
        };
    }

    private void AddUnknownToPython(List<PyThread> threads)
    {
        if (_native is null || _options.Native != NativeMode.AllThreads)
        {
            return;
        }

        HashSet<int> known = [];
        foreach (PyThread thread in threads)
        {
            known.Add(thread.ThreadId);
        }

        List<int> others = [.. _native.Stacks.Keys];
        others.Sort();
        foreach (int threadId in others)
        {
            if (known.Add(threadId))
            {
                threads.Add(BuildUnknown(threadId, _native.Stacks[threadId]));
            }
        }
    }

    private PyThread BuildUnknown(int threadId, NativeStack native)
    {
        List<string> warnings = [];
        NativeStackHints.Warn(native, warnings);
        string? name = _directory.NameOf(threadId);
        PyFrame[] frames = Frames(NativeMerge.NativeOnly(native), threadId, name, NoInterpreter, warnings, out string hash);
        return new PyThread
        {
            ProcessId = _target.ProcessId,
            ProcessName = _target.Name,
            ThreadId = threadId,
            Name = name,
            InterpreterId = NoInterpreter,
            RuntimeCount = _runtimes.Count,
            PythonVersion = _runtimes.Count > 0 ? _runtimes[0].Version.ToString() : "",
            Gil = PyGilState.NotHeld,
            IsCollectingGarbage = false,
            Frames = frames,
            StackHash = hash,
            CapturedAt = _captured.CapturedAt.ToLocalTime(),
            Pause = _captured.Pause,
            IsCoherent = native.Moment is NativeMoment.SameAsPython or NativeMoment.Other,
            Warnings = [.. warnings],
        };
    }

    private PyFrame[] Frames(List<MergedFrame> merged, int threadId, string? name, long interpreterId, List<string> warnings, out string hash)
    {
        FrameBuilder builder = new(_target.ProcessId, threadId, name, interpreterId, _source);
        PyFrame[] frames = new PyFrame[merged.Count];
        for (int i = 0; i < frames.Length; i++)
        {
            frames[i] = merged[i].IsNative ? builder.Build(merged[i].Native, i) : builder.Build(merged[i].Python, i);
        }

        hash = _hash.Of(frames);
        FileRemarks.Warn(frames, FileBudget.Current.Troubles, _source.TakeShortage(), warnings);
        return frames;
    }

    private sealed class State
    {
        public required CapturedThread Thread { get; init; }

        public required int ThreadId { get; init; }

        public required string? Name { get; init; }

        public required bool IsTerminated { get; init; }

        public MergedThread? Merged { get; set; }
    }
}
