using System.Collections.Generic;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture;

/// <summary>
/// Proves that threads of a running process did not run while their Python frames were read: by the kernel's count of how long and how often
/// each has run, from before the first byte was read until after the last one. Only a thread itself changes its state and frames.
/// </summary>
internal sealed class StillThreads(LiveProcess process, RuntimeSet runtimes, NonBlockingNative? native)
{
    private readonly RunCounts _counts = new(process.Facts);
    private readonly Dictionary<int, RunCount?> _since = [];
    private readonly Dictionary<ulong, int> _threadIds = [];
    private readonly Dictionary<(int ThreadId, int Interpreter), int> _claimed = [];
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

        // After a fork in C the ids of the states are those of the parent (see ThreadIdentifier): no one has that of the main thread.
        PthreadIds? structs = runtimes.LacksNativeIds || !capture.HasThread(_innerProcessId) ? IdsOf(capture) : null;
        for (int i = 0; i < capture.Threads.Count; i++)
        {
            RawThread thread = capture.Threads[i];
            int threadId = structs is not null && structs.TryGet(thread.PthreadId, out int innerId) ? _directory!.ToObserver(innerId) : ByNativeId(thread);
            _threadIds[thread.Address] = threadId;
            if (threadId == 0 || _claimed.TryAdd((threadId, thread.Interpreter), i))
            {
                continue;
            }

            // One of two states of one interpreter is another thread's: of one that has not begun to run, or that has ended.
            int other = _claimed[(threadId, thread.Interpreter)];
            int own = OwnOf(capture, other, i, threadId);
            _threadIds[capture.Threads[other].Address] = own == other ? threadId : 0;
            _threadIds[thread.Address] = own == i ? threadId : 0;
            _claimed[(threadId, thread.Interpreter)] = own < 0 ? other : own;
        }
    }

    private int ByNativeId(in RawThread thread) => runtimes.HasNativeId(thread) ? _directory!.ToObserver(thread.NativeId) : 0;

    // The one that has the thread's id; else the one with frames, since to 3.11 a state whose thread has not begun to run has its parent's ids; else the newer one,
    // since a new thread gets the stack of one that has ended, and with it its pthread_t. -1 if it cannot be determined.
    private int OwnOf(RawCapture capture, int newer, int older, int threadId)
    {
        (RawThread first, RawThread second) = (capture.Threads[newer], capture.Threads[older]);
        bool isFirst = ByNativeId(first) == threadId;
        return isFirst != (ByNativeId(second) == threadId) ? isFirst ? newer : older
            : first.FrameCount == 0 && second.FrameCount == 0 ? -1
            : first.FrameCount > 0 ? newer : older;
    }

    /// <summary>The OS thread of a thread state, as we count threads; 0 if it is not known.</summary>
    public int ThreadIdOf(in RawThread thread) => _threadIds.TryGetValue(thread.Address, out int threadId) ? threadId : 0;

    /// <summary>The run count of a thread now, for <see cref="HasStoodStill"/> later.</summary>
    public RunCount? CountOf(int threadId) => threadId > 0 ? _counts.Read(threadId) : null;

    /// <summary>The run count of a thread at <see cref="Begin"/>.</summary>
    public RunCount? CountAtBegin(int threadId) => _since.TryGetValue(threadId, out RunCount? count) ? count : null;

    /// <summary>Whether a thread has not run since then; if so, its native stack is kept if one is requested.</summary>
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
