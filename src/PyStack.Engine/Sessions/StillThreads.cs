using System.Collections.Generic;
using PyStack.Engine.Python;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Proves of threads of a running process that they stood still while their Python frames were read: by the kernel's count of how long and how often
/// each has run, from before the first byte was read until after the last one. Only a thread itself changes its state and frames.
/// </summary>
internal sealed class StillThreads(LiveProcess process, RuntimeSet runtimes, NonBlockingNative? native)
{
    private readonly RunCounts _counts = new(process.Facts);
    private readonly Dictionary<int, RunCount?> _since = [];
    private readonly Dictionary<ulong, int> _threadIds = [];
    private readonly HashSet<(int ThreadId, int Interpreter)> _claimed = [];
    private readonly HashSet<ulong> _pthreads = [];
    private readonly int _innerProcessId = ThreadDirectory.InnerIdOf(process.ProcessId);
    private ThreadDirectory? _directory;

    /// <summary>Takes the counts of all threads. Call it before the frames are read.</summary>
    public void Begin()
    {
        _since.Clear();
        _directory = new ThreadDirectory(process.ProcessId, hasMainThread: true);
        foreach (int innerId in _directory.InnerIds)
        {
            int threadId = _directory.ToObserver(innerId);
            _since[threadId] = _counts.Read(threadId);
        }
    }

    /// <summary>Finds the OS thread of each thread state, after they have been read.</summary>
    public void Identify(RawCapture capture)
    {
        _threadIds.Clear();
        _claimed.Clear();

        // After a fork in C the ids of the states are those of the parent (see ThreadIdentifier): nobody has that of the main thread.
        PthreadIds? structs = runtimes.LacksNativeIds || !capture.HasThread(_innerProcessId) ? IdsOf(capture) : null;
        HashSet<int> unsure = [];
        foreach (RawThread thread in capture.Threads)
        {
            int threadId = structs is not null && structs.TryGet(thread.PthreadId, out int innerId) ? _directory!.ToObserver(innerId)
                : runtimes.HasNativeId(thread) ? _directory!.ToObserver(thread.NativeId)
                : 0;
            _threadIds[thread.Address] = threadId;

            // To 3.11 a new state carries its parent's ids until its own thread runs: then neither can be told by its id.
            if (threadId > 0 && !_claimed.Add((threadId, thread.Interpreter)))
            {
                unsure.Add(threadId);
            }
        }

        foreach (RawThread thread in capture.Threads)
        {
            if (unsure.Contains(_threadIds[thread.Address]))
            {
                _threadIds[thread.Address] = 0;
            }
        }
    }

    /// <summary>The OS thread of a thread state, as we count threads; 0 if it is not known.</summary>
    public int ThreadIdOf(in RawThread thread) => _threadIds.TryGetValue(thread.Address, out int threadId) ? threadId : 0;

    /// <summary>The count of a thread now, for <see cref="HasStoodStill"/> later.</summary>
    public RunCount? CountOf(int threadId) => threadId > 0 ? _counts.Read(threadId) : null;

    /// <summary>The count of a thread at <see cref="Begin"/>.</summary>
    public RunCount? CountAtBegin(int threadId) => _since.TryGetValue(threadId, out RunCount? count) ? count : null;

    /// <summary>Whether a thread has stood still since then; if so, its native stack is kept where one is wanted.</summary>
    public bool HasStoodStill(int threadId, RunCount? since)
        => threadId > 0 && since is RunCount count && (native is null ? _counts.HasStoodStill(threadId, count) : native.TryKeep(threadId, count));

    private PthreadIds IdsOf(RawCapture capture)
    {
        _pthreads.Clear();
        foreach (RawThread thread in capture.Threads)
        {
            if (thread.PthreadId != 0)
            {
                _pthreads.Add(thread.PthreadId);
            }
        }

        return PthreadIds.Find(process.Memory, _pthreads, _directory!.InnerIds);
    }
}
