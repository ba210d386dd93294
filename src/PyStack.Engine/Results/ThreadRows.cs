using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Merging;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Results;

/// <summary>Which threads are shown, and in which order: gives each thread state its OS thread, its name and its native frames.</summary>
internal sealed class ThreadRows
{
    private readonly CapturedProcess _captured;
    private readonly IThreadDirectory _directory;
    private readonly ThreadIdentifier? _identifier;
    private readonly NativeMerge? _native;
    private readonly bool _showsUnknown;
    private readonly Dictionary<int, ThreadFacts> _facts = [];

    /// <param name="runtimes">Empty where there is no Python any more and native frames of all threads are requested.</param>
    /// <param name="native">The native stacks of the capture, or null if none are requested.</param>
    public ThreadRows(ITarget target, IReadOnlyList<PythonRuntime> runtimes, CapturedProcess captured, NativeMerge? native, StackOptions options)
    {
        _captured = captured;
        _native = native;
        _showsUnknown = options.Native == NativeMode.AllThreads;
        _directory = target.ListThreads();
        _identifier = runtimes.Count == 0 ? null : new ThreadIdentifier(target, runtimes, captured, _directory);
    }

    /// <summary>Whether a thread could not be merged that another capture may merge.</summary>
    public bool HasUnmerged { get; private set; }

    /// <summary>All thread states with their OS threads, also those that are not shown.</summary>
    public List<(CapturedThread State, int ThreadId, ThreadLife Life)> Identified { get; } = [];

    /// <summary>All threads, the main interpreter's first, within an interpreter the oldest first; then those that Python does not know.</summary>
    public List<ThreadRow> List(CancellationToken cancellation)
    {
        List<CapturedThread> threads = [.. ThreadOrder.OldestFirst(_captured.Threads)];
        List<(int ThreadId, ThreadLife Life)> found = new(threads.Count);
        foreach (CapturedThread thread in threads)
        {
            cancellation.ThrowIfCancellationRequested();
            found.Add((_identifier!.Find(thread, out ThreadLife life), life));
        }

        ReadFacts(found.ConvertAll(one => one.ThreadId));
        List<ThreadRow> rows = new(threads.Count);
        for (int i = 0; i < threads.Count; i++)
        {
            rows.Add(Row(threads[i], found[i].ThreadId, found[i].Life));
        }

        MergeNative(rows);
        RemoveEmpty(rows);
        AddUnknownToPython(rows);
        return ThreadOrder.PartsTogether(rows);
    }

    private ThreadRow Row(CapturedThread thread, int threadId, ThreadLife life)
    {
        bool isThere = _facts.TryGetValue(threadId, out ThreadFacts facts);
        if (threadId > 0 && !isThere && _captured.ThreadIds.Count == 0)
        {
            // It was read while it ran, and has ended by now.
            life = ThreadLife.Ended;
            threadId = 0;
        }

        Identified.Add((thread, threadId, life));
        if (life == ThreadLife.NotStarted)
        {
            thread.Warnings.Add("The thread had not begun to run: it had no OS thread yet.");
        }
        else if (life == ThreadLife.Unknown)
        {
            thread.Warnings.Add($"The OS thread of the Python thread 0x{thread.PthreadId:x} could not be found.");
        }

        return new ThreadRow { State = thread, ThreadId = threadId, Facts = facts, IsTerminated = life == ThreadLife.Ended };
    }

    // Of those that were stopped it was read before.
    private void ReadFacts(List<int> threadIds)
    {
        List<int> others = new(threadIds.Count);
        foreach (int threadId in threadIds)
        {
            if (_captured.FactsBefore.TryGetValue(threadId, out ThreadFacts before))
            {
                _facts[threadId] = before;
            }
            else if (threadId > 0)
            {
                others.Add(threadId);
            }
        }

        _directory.ReadAll(others, _facts);
    }

    // All states of an OS thread share its native stack.
    private void MergeNative(List<ThreadRow> rows)
    {
        if (_native is null)
        {
            return;
        }

        Dictionary<int, List<ThreadRow>> byThread = [];
        foreach (ThreadRow row in rows)
        {
            if (row.ThreadId == 0)
            {
                continue;
            }

            if (!byThread.TryGetValue(row.ThreadId, out List<ThreadRow>? group))
            {
                byThread.Add(row.ThreadId, group = []);
            }

            group.Add(row);
        }

        foreach ((int threadId, List<ThreadRow> group) in byThread)
        {
            // An interpreter's first state may belong to no thread; one without frames is ignored if another one has some.
            if (group.Exists(row => row.State!.Frames.Count > 0))
            {
                group.RemoveAll(row => row.State!.Frames.Count == 0);
            }

            MergedThread[]? merged = _native.Merge(threadId, group.ConvertAll(row => row.State!));
            for (int i = 0; i < group.Count; i++)
            {
                group[i].Merged = merged?[i];
                group[i].Part = merged?[i].Order ?? 0;
                HasUnmerged |= merged?[i].MayMergeNextTime == true;
            }
        }
    }

    // To 3.11 a new state carries its parent's ids until its own thread runs, and an interpreter keeps the state that it was made
    // with although no thread uses it: a state without frames is not a separate thread if the OS thread has frames elsewhere.
    private static void RemoveEmpty(List<ThreadRow> rows)
    {
        HashSet<int> withFrames = [];
        foreach (ThreadRow row in rows)
        {
            if (row.HasFrames)
            {
                withFrames.Add(row.ThreadId);
            }
        }

        rows.RemoveAll(row => row.ThreadId > 0 && !row.HasFrames && withFrames.Contains(row.ThreadId));
    }

    private void AddUnknownToPython(List<ThreadRow> rows)
    {
        if (_native is null || !_showsUnknown)
        {
            return;
        }

        HashSet<int> known = [];
        foreach (ThreadRow row in rows)
        {
            known.Add(row.ThreadId);
        }

        List<int> others = [.. _native.Stacks.Keys];
        others.RemoveAll(known.Contains);
        others.Sort();
        ReadFacts(others);
        foreach (int threadId in others)
        {
            rows.Add(new ThreadRow { Native = _native.Stacks[threadId], ThreadId = threadId, Facts = _facts.GetValueOrDefault(threadId) });
        }
    }
}
