using System;
using System.Collections.Generic;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;

namespace PyStack.Engine.Results;

/// <summary>What is known about the OS thread of a thread state.</summary>
internal enum ThreadLife
{
    /// <summary>Its id is known.</summary>
    Known,

    /// <summary>It has not begun to run: the state was made by its parent.</summary>
    NotStarted,

    /// <summary>It has ended; only the thread state is left.</summary>
    Ended,

    /// <summary>It cannot be determined.</summary>
    Unknown,
}

/// <summary>Finds the OS thread of a thread state, by the observer's thread ids.</summary>
/// <remarks>
/// From 3.11 on the state has the kernel's id. It is that of another process after a fork that bypasses Python (fork(2) called in C without
/// PyOS_AfterFork_Child: every uWSGI worker), and it may meanwhile be that of another thread. The <c>pthread_t</c> is right then as well: it is an address, which a fork
/// copies, and the C library corrects the id in its struct after the fork. So where the ids of the states and of the process's threads do not agree, the
/// <c>pthread_t</c> decides, as it does to 3.10.
/// </remarks>
internal sealed class ThreadIdentifier
{
    private readonly ITarget _target;
    private readonly IReadOnlyList<PythonRuntime> _runtimes;
    private readonly CapturedProcess _captured;
    private readonly IThreadDirectory _directory;
    private readonly IReadOnlyDictionary<ulong, int> _pointers;
    private readonly HashSet<int> _existed;
    private readonly bool _areIdsOfAnother;
    private readonly bool _hasAllRegisters;
    private readonly PthreadIds? _structs;
    private readonly bool _isMainFound;
    private readonly Dictionary<(int Runtime, long Interpreter, ulong Pthread), List<CapturedThread>> _sharing = [];

    public ThreadIdentifier(ITarget target, IReadOnlyList<PythonRuntime> runtimes, CapturedProcess captured, IThreadDirectory directory)
    {
        _target = target;
        _runtimes = runtimes;
        _captured = captured;
        _directory = directory;

        // An emulator's threads are those of the program, but their registers are its own.
        _pointers = Emulator.Of(target) is null ? captured.ThreadPointers : new Dictionary<ulong, int>(AddressHash.Comparer);
        _existed = [];
        if (target.Saved is not null)
        {
            return;
        }

        _existed = [.. captured.ThreadIds];
        _hasAllRegisters = captured.ThreadIds.Count > 0 && _pointers.Count == captured.ThreadIds.Count;
        _areIdsOfAnother = HaveIdsOfAnother(out bool hasStatesWithoutId);
        if (_areIdsOfAnother || hasStatesWithoutId)
        {
            _structs = LearnFromStructs();
            foreach (CapturedThread thread in captured.Threads)
            {
                _isMainFound |= FindByPthread(thread.PthreadId) == target.ProcessId;
                AddSharing(thread);
            }
        }
    }

    /// <summary>The thread's id, or 0 and why it has none.</summary>
    public int Find(CapturedThread thread, out ThreadLife life)
    {
        if (_target.Saved?.StateOf(thread.Address) is SavedState saved)
        {
            life = saved.Life is >= (int)ThreadLife.Known and <= (int)ThreadLife.Unknown ? (ThreadLife)saved.Life : ThreadLife.Unknown;
            return Math.Max(0, saved.ThreadId);
        }

        bool hasNativeId = HasNativeId(thread);
        int threadId = !hasNativeId ? FindByPthread(thread.PthreadId)
            : _areIdsOfAnother ? FindForked(thread)
            : FindByNativeId(thread.NativeId);
        if (threadId > 0 && IsSuperseded(thread, threadId))
        {
            life = ThreadLife.Ended;
            return 0;
        }

        life = threadId > 0 ? ThreadLife.Known
            : (hasNativeId ? thread.NativeId == 0 : thread.PthreadId == 0) ? ThreadLife.NotStarted
            : hasNativeId && !_areIdsOfAnother ? ThreadLife.Ended
            : _hasAllRegisters || (_structs?.IsPlaceKnown == true && !IsUncorrected(thread)) ? ThreadLife.Ended
            : ThreadLife.Unknown;
        return threadId;
    }

    // Also from 3.11 on a build may be unable to ask the kernel (PY_HAVE_THREAD_NATIVE_ID, pythread.h): then a running thread has only a pthread_t.
    private bool HasNativeId(CapturedThread thread)
        => _runtimes[thread.Runtime].Layout.Thread.NativeThreadId is not null && (thread.NativeId != 0 || thread.PthreadId == 0);

    // Whether the ids that the states have cannot all be right: two threads have the same, or no one has that of the main thread, which is the one that is left after a fork. Where
    // there is no main thread any more, one that is that of no thread says it; else that thread was born after the threads were listed, and has ended since.
    private bool HaveIdsOfAnother(out bool hasStatesWithoutId)
    {
        hasStatesWithoutId = false;
        bool hasIds = false;
        bool isMainKnown = false;
        bool hasUnknownId = false;
        Dictionary<int, ulong> owners = [];
        foreach (CapturedThread thread in _captured.Threads)
        {
            if (!HasNativeId(thread))
            {
                hasStatesWithoutId |= thread.PthreadId != 0;
            }
            else if (thread.NativeId != 0)
            {
                hasIds = true;
                int threadId = FindByNativeId(thread.NativeId);
                isMainKnown |= threadId == _target.ProcessId;
                if (threadId == 0 && IsEndedMain(thread))
                {
                    continue;
                }

                // A state without frames may be that of a thread that has just begun: until then it has one of the ids of its parent.
                if (thread.Frames.Count > 0 && threadId == 0)
                {
                    hasUnknownId = true;
                }
                else if (thread.Frames.Count > 0 && !owners.TryAdd(threadId, thread.PthreadId) && owners[threadId] != thread.PthreadId)
                {
                    return true;
                }
            }
        }

        return hasIds && !isMainKnown && (_target.HasMainThread || hasUnknownId);
    }

    // A main thread that has ended keeps its state and its id: that no other thread has it does not invalidate other ids.
    private bool IsEndedMain(CapturedThread thread)
        => !_target.HasMainThread && _directory.IsSameNamespace && thread.NativeId == _target.ProcessId;

    // A thread that was stopped in the pause existed then, even if it has ended since.
    private int FindByNativeId(long nativeId)
    {
        int threadId = _directory.ToObserver(nativeId);
        return threadId == 0 && _directory.IsSameNamespace && _existed.Contains((int)nativeId) ? (int)nativeId : threadId;
    }

    private int FindByPthread(ulong pthread)
        => _pointers.TryGetValue(pthread, out int stopped) ? stopped
            : _structs is not null && _structs.TryGet(pthread, out int innerId) ? _directory.ToObserver(innerId)
            : 0;

    // The pthread_t has precedence over the id in the state, which is used only if nothing contradicts it.
    private int FindForked(CapturedThread thread)
    {
        int threadId = FindByPthread(thread.PthreadId);
        return threadId > 0 || _hasAllRegisters || _structs?.TryGetValue(thread.PthreadId, out _) == true ? threadId
            : FindByNativeId(thread.NativeId) is > 0 and int believed ? believed
            : IsAlone() ? _target.ProcessId
            : 0;
    }

    // The thread that forked is the child's main thread, and the C library corrects its id. Where no struct has the main thread's, it was not the C library that
    // forked, and one of those with their old ids is alive.
    private bool IsUncorrected(CapturedThread thread)
        => !_isMainFound && _target.HasMainThread && thread.NativeId != 0 && _structs is not null && _structs.TryGetValue(thread.PthreadId, out int value) && value == thread.NativeId;

    private void AddSharing(CapturedThread thread)
    {
        (int, long, ulong) key = (thread.Runtime, thread.InterpreterId, thread.PthreadId);
        if (!_sharing.TryGetValue(key, out List<CapturedThread>? states))
        {
            _sharing.Add(key, states = []);
        }

        states.Add(thread);
    }

    // The C library gives the stack, and with it the pthread_t, of a thread that has ended to a new one. A thread has one state in an interpreter: the one that
    // has its id, or else the newest one that has frames. (To 3.11 a state whose thread has not begun to run has the ids of its parent, and no frames.)
    private bool IsSuperseded(CapturedThread thread, int threadId)
    {
        if (!_sharing.TryGetValue((thread.Runtime, thread.InterpreterId, thread.PthreadId), out List<CapturedThread>? states) || states.Count == 1)
        {
            return false;
        }

        return states.Exists(state => HasNativeId(state) && FindByNativeId(state.NativeId) == threadId)
            ? FindByNativeId(thread.NativeId) != threadId
            : states.Find(state => state.Frames.Count > 0) is CapturedThread newest && !ReferenceEquals(newest, thread) && thread.Frames.Count > 0;
    }

    // One thread and one state belong together.
    private bool IsAlone() => _captured.Threads.Count == 1 && _directory.InnerIds.Count == 1 && _target.HasMainThread;

    // Threads whose registers could not be read: those of a capture without stopping, and those in an uninterruptible wait.
    private PthreadIds? LearnFromStructs()
    {
        HashSet<int> taken = [.. _pointers.Values];
        List<int> candidates = [];
        foreach (int innerId in _directory.InnerIds)
        {
            if (!taken.Contains(_directory.ToObserver(innerId)))
            {
                candidates.Add(innerId);
            }
        }

        HashSet<ulong> unknown = new(AddressHash.Comparer);
        foreach (CapturedThread thread in _captured.Threads)
        {
            if (thread.PthreadId != 0 && !_pointers.ContainsKey(thread.PthreadId))
            {
                unknown.Add(thread.PthreadId);
            }
        }

        // If the offset of the ids is known, a struct without an id there belongs to a thread that has ended.
        return unknown.Count == 0 || candidates.Count == 0 ? null : PthreadIds.Find(_target.Memory, unknown, candidates);
    }
}
