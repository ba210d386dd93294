using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Sessions;

/// <summary>What is known of the OS thread behind a thread state.</summary>
internal enum ThreadLife
{
    /// <summary>Its id is known.</summary>
    Known,

    /// <summary>It has not begun to run: the state was made by its parent.</summary>
    NotStarted,

    /// <summary>It has ended; only the thread state is left.</summary>
    Ended,

    /// <summary>It cannot be told.</summary>
    Unknown,
}

/// <summary>Finds the OS thread of a thread state, as the observer counts threads.</summary>
internal sealed class ThreadIdentifier
{
    private readonly bool _hasNativeIds;
    private readonly CapturedProcess _captured;
    private readonly IThreadDirectory _directory;
    private readonly HashSet<int> _existed;
    private readonly Dictionary<ulong, int> _byPthread = new(AddressHash.Comparer);
    private bool _isEveryThreadKnown;

    public ThreadIdentifier(ITarget target, PythonRuntime runtime, CapturedProcess captured, IThreadDirectory directory)
    {
        _hasNativeIds = runtime.Layout.Thread.NativeThreadId is not null;
        _captured = captured;
        _directory = directory;
        _existed = [.. captured.ThreadIds];
        if (!_hasNativeIds)
        {
            _isEveryThreadKnown = captured.ThreadIds.Count > 0 && captured.ThreadPointers.Count == captured.ThreadIds.Count;
            LearnFromStructs(target);
        }
    }

    /// <summary>The thread's id, or 0 and why it has none.</summary>
    public int Find(CapturedThread thread, out ThreadLife life)
    {
        int threadId = _hasNativeIds ? FindByNativeId(thread.NativeId) : FindByPthread(thread.PthreadId);
        life = threadId > 0 ? ThreadLife.Known
            : _hasNativeIds ? thread.NativeId == 0 ? ThreadLife.NotStarted : ThreadLife.Ended
            : thread.PthreadId == 0 ? ThreadLife.NotStarted
            : _isEveryThreadKnown ? ThreadLife.Ended
            : ThreadLife.Unknown;
        return threadId;
    }

    // A thread that stood still in the pause existed then, even if it has ended since.
    private int FindByNativeId(long nativeId)
    {
        int threadId = _directory.ToObserver(nativeId);
        return threadId == 0 && _directory.IsSameNamespace && _existed.Contains((int)nativeId) ? (int)nativeId : threadId;
    }

    private int FindByPthread(ulong pthread)
        => _captured.ThreadPointers.TryGetValue(pthread, out int stopped) ? stopped
            : _byPthread.TryGetValue(pthread, out int innerId) ? _directory.ToObserver(innerId)
            : 0;

    // Threads whose registers could not be read: those of a capture without a stop, and those that sit in the kernel.
    private void LearnFromStructs(ITarget target)
    {
        HashSet<int> taken = [.. _captured.ThreadPointers.Values];
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
            if (thread.PthreadId != 0 && !_captured.ThreadPointers.ContainsKey(thread.PthreadId))
            {
                unknown.Add(thread.PthreadId);
            }
        }

        if (unknown.Count == 0 || candidates.Count == 0)
        {
            return;
        }

        foreach ((ulong pthread, int innerId) in PthreadIds.Find(target.Memory, unknown, candidates))
        {
            // The place of the ids is known now: a struct that holds none there belongs to a thread that has ended.
            _byPthread[pthread] = innerId;
            _isEveryThreadKnown = true;
        }
    }
}
