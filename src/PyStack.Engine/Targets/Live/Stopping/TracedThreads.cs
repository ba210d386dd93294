using System;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>The tracer's state of one of its threads.</summary>
internal enum TraceState
{
    /// <summary>Seized; it runs, or is on its way to a stop.</summary>
    Running,

    /// <summary>Sleeps in the kernel where nothing wakes it (state D): it cannot run user code before it has seen the interrupt.</summary>
    Uninterruptible,

    /// <summary>Stands still, and can be read and detached.</summary>
    Stopped,

    /// <summary>
    /// Has ended, or vanished without us: it is, or what it has become is, ours until this OS thread ends. Only then its process's parent is notified.
    /// </summary>
    Ended,

    /// <summary>The kernel has confirmed that it was detached, or we have removed it after its end.</summary>
    Gone,
}

/// <summary>A thread that the tracer has seized.</summary>
internal struct TracedThread
{
    public int ThreadId;
    public TraceState State;

    /// <summary>The signal that it was about to get when it stopped; 0 if none.</summary>
    public int Signal;

    /// <summary>Whether its registers were read.</summary>
    public bool HasRegisters;

    /// <summary>Set by the thread that removed it after its end, which may be another one than the tracer.</summary>
    public volatile bool IsReaped;
}

/// <summary>
/// The threads that one tracer has seized. Only the tracer adds to the list and changes it; the thread that waits for the tracer may call
/// <see cref="ReapEnded"/> meanwhile.
/// </summary>
internal sealed class TracedThreads(int processId)
{
    private TracedThread[] _items = new TracedThread[64];
    private int _count;

    public int Count => _count;

    public ref TracedThread this[int index] => ref _items[index];

    public void Add(int threadId)
    {
        EnsureCapacity(_count + 1);
        _items[_count] = new TracedThread { ThreadId = threadId };
        Volatile.Write(ref _count, _count + 1);
    }

    public void EnsureCapacity(int capacity)
    {
        if (_items.Length < capacity)
        {
            TracedThread[] larger = new TracedThread[Math.Max(capacity, _items.Length * 2)];
            _items.AsSpan(0, _count).CopyTo(larger);
            Volatile.Write(ref _items, larger);
        }
    }

    public void Clear() => Volatile.Write(ref _count, 0);

    /// <summary>
    /// Removes the seized threads that have ended, so that a wait for their end in the kernel continues: an exec of the target, which in turn
    /// keeps the tracer's next PTRACE_SEIZE waiting (both want cred_guard_mutex; ptrace(2), "BUGS" of execve under ptrace).
    /// </summary>
    public void ReapEnded()
    {
        int count = Volatile.Read(ref _count);
        TracedThread[] items = Volatile.Read(ref _items);
        for (int i = 0; i < count && i < items.Length; i++)
        {
            ref TracedThread thread = ref items[i];
            if (!thread.IsReaped && thread.State != TraceState.Gone)
            {
                _ = TryReap(ref thread);
            }
        }
    }

    /// <summary>
    /// As <see cref="ReapEnded"/>, of all threads that the process has now: one that a seized thread has just made is ours and in no list yet.
    /// </summary>
    public void ReapListed()
    {
        foreach (int threadId in ThreadDirectory.List(ProcessFacts.Folder(processId) + "/task/"))
        {
            _ = threadId != processId && ThreadWait.TryReap(threadId);
        }
    }

    /// <summary>Removes a thread if it has ended. A leader's exit status belongs to its parent: it is left to the kernel.</summary>
    public bool TryReap(ref TracedThread thread)
    {
        bool isReaped = thread.ThreadId != processId && ThreadWait.TryReap(thread.ThreadId);
        if (isReaped)
        {
            thread.IsReaped = true;
        }

        return isReaped;
    }
}
