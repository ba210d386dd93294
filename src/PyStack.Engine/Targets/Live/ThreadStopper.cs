using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Targets.Live;

/// <summary>
/// Stops all threads of a process and lets them run again. Lives and dies with one OS thread (ptrace is bound to it): when
/// that thread ends, for whatever reason, the kernel lets every thread of the target go.
/// </summary>
/// <remarks>
/// Seizing happens while the target runs, and from then on a new thread is ours from its first instruction. So inside the
/// pause there is nothing to list: interrupt, wait, and later detach. Between the two a thread stops only if it makes
/// another one or gets a signal, and goes on with the others.
/// </remarks>
internal sealed class ThreadStopper(ProcessFacts target)
{
    /// <summary>
    /// Looks at a thread before it is asked why it does not stop: some 20 ms. Looks are counted and not time, since it may be us
    /// who do not get on.
    /// </summary>
    private const int PatienceLooks = 200;

    /// <summary>Looks at a thread that could run, but gets no processor, while the others wait: about a second.</summary>
    private const int LongPatienceLooks = 10_000;

    private const int MaxListings = 1000;

    /// <summary>A thread that runs on another processor stops within a few microseconds, which is a few looks.</summary>
    private const int LooksWithoutSleep = 8;

    /// <summary>PID_MAX_LIMIT of linux/threads.h is 4,194,304.</summary>
    private const int NoThread = int.MaxValue;

    /// <summary>Between two looks at a thread that has not stopped yet, in microseconds.</summary>
    private const int MaxSleep = 100;

    private readonly List<Traced> _threads = new(16);
    private readonly HashSet<int> _known = new(16);

    /// <summary>The threads that are ours, in no particular order.</summary>
    public int Count => _threads.Count;

    /// <summary>Whether a thread neither stopped nor sits in the kernel for good: then the copy may not be of one moment.</summary>
    public bool HasRunner { get; private set; }

    /// <summary>The id of a thread, and whether it stands still.</summary>
    public (int ThreadId, bool IsStopped) this[int index] => (_threads[index].ThreadId, _threads[index].State == State.Stopped);

    /// <summary>Becomes the tracer of every thread without stopping any.</summary>
    /// <exception cref="EngineException">The kernel does not let us.</exception>
    public void SeizeAll(CancellationToken cancellation)
    {
        string folder = ProcessFacts.Folder(target.ProcessId) + "/task/";
        for (int listing = 0; listing < MaxListings; listing++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!SeizeNew(folder))
            {
                break;
            }
        }

        if (_threads.Count == 0)
        {
            throw target.Exited();
        }

        // Threads may be made between now and the interrupt; they add themselves (see Wait), so leave them room.
        _threads.EnsureCapacity(_threads.Count + 64);
        _known.EnsureCapacity(_known.Count + 64);
    }

    /// <summary>Asks every thread to stop and waits until all do. Allocates nothing.</summary>
    public void StopAll(CancellationToken cancellation)
    {
        for (int i = 0; i < _threads.Count; i++)
        {
            Traced thread = _threads[i];
            if (Ptrace.Interrupt(thread.ThreadId) != 0)
            {
                thread.State = State.Gone;
                _threads[i] = thread;
            }
        }

        Wait(cancellation);
    }

    /// <summary>Takes a thread that cannot exist for the target's, so that a pause can be gone through without stopping any.</summary>
    public void Pretend() => _threads.Add(new Traced { ThreadId = NoThread });

    /// <summary>Goes through stopping and letting go once, for a thread that cannot exist.</summary>
    public void WarmUp()
    {
        _threads.Add(new Traced { ThreadId = NoThread });
        StopAll(CancellationToken.None);
        _threads[0] = new Traced { ThreadId = NoThread };
        Wait(CancellationToken.None);
        _threads[0] = new Traced { ThreadId = NoThread, State = State.Stopped };
        DetachAll();
        ThreadWait.Sleep(1);
    }

    /// <summary>Lets every thread run on, each with the signal that it was about to get.</summary>
    public void DetachAll()
    {
        DetachStopped();

        // Whoever was not waited for (a cancelled call) is on its way to a stop, or has to be sent there: only a stopped
        // thread can be let go. One that sits in the kernel for good is let go when this OS thread ends.
        for (int i = 0; i < _threads.Count; i++)
        {
            if (_threads[i].State == State.Running && Ptrace.Interrupt(_threads[i].ThreadId) == 0)
            {
                for (int looks = 0; looks < PatienceLooks && !TrySee(i); looks++)
                {
                    ThreadWait.Sleep(MaxSleep);
                }

                DetachStopped(i);
            }
        }

        _threads.Clear();
    }

    private void DetachStopped()
    {
        for (int i = 0; i < _threads.Count; i++)
        {
            DetachStopped(i);
        }
    }

    private void DetachStopped(int index)
    {
        Traced thread = _threads[index];
        if (thread.State == State.Stopped)
        {
            _ = Ptrace.Detach(thread.ThreadId, thread.Signal);
            thread.State = State.Gone;
            _threads[index] = thread;
        }
    }

    private bool SeizeNew(string folder)
    {
        bool isNew = false;
        foreach (int threadId in ThreadDirectory.List(folder))
        {
            if (!_known.Add(threadId))
            {
                continue;
            }

            isNew = true;
            int error = Ptrace.Seize(threadId);
            if (error == 0)
            {
                _threads.Add(new Traced { ThreadId = threadId });
            }
            else if (error != Errno.ESRCH)
            {
                ExplainRefusal(threadId);
            }
        }

        return isNew;
    }

    // EPERM has harmless causes: the thread has ended (a main thread that did stays as a zombie), or it was born after
    // its parent was seized and is ours already.
    private void ExplainRefusal(int threadId)
    {
        if (!ProcFile.TryReadStatus($"{ProcessFacts.Folder(target.ProcessId)}/task/{threadId}", out byte[] status)
            || !ProcFile.TryFindField(status, "State"u8, out ReadOnlySpan<byte> state)
            || state.StartsWith("Z"u8)
            || state.StartsWith("X"u8))
        {
            return;
        }

        int tracer = ProcFile.ReadNumber(status, "TracerPid"u8);
        if (tracer == Identity.ThreadId())
        {
            _threads.Add(new Traced { ThreadId = threadId });
            return;
        }

        throw AccessDiagnosis.Explain(target with { TracerId = Math.Max(0, tracer) }, AccessRefusal.Trace);
    }

    // One after the other: while one is waited for the others come to a stop as well, and most need one look only.
    private void Wait(CancellationToken cancellation)
    {
        for (int i = 0; i < _threads.Count && !cancellation.IsCancellationRequested; i++)
        {
            int looks = 0;
            while (!TrySee(i) && !cancellation.IsCancellationRequested)
            {
                // A sleep, however short, and no yield: who wakes up goes before those that compute, who yields goes behind.
                if (++looks > LooksWithoutSleep)
                {
                    ThreadWait.Sleep(Math.Min(looks - LooksWithoutSleep, MaxSleep));
                }

                if (looks % PatienceLooks == 0 && MustGiveUp(_threads[i].ThreadId, looks))
                {
                    break;
                }
            }
        }
    }

    // A thread in uninterruptible sleep cannot stop, and cannot run Python either. One that may run but gets no processor
    // (a quota, a busy machine) is waited for a good while longer, since it could start in the middle of the copy.
    private bool MustGiveUp(int threadId, int looks)
    {
        if (ProcessFacts.IsUninterruptible(target.ProcessId, threadId))
        {
            return true;
        }

        HasRunner |= looks >= LongPatienceLooks;
        return looks >= LongPatienceLooks;
    }

    /// <summary>Looks whether a thread has stopped, or gone; false if it still runs.</summary>
    private bool TrySee(int index)
    {
        Traced thread = _threads[index];
        if (thread.State != State.Running)
        {
            return true;
        }

        bool hasNews = ThreadWait.TryPeek(thread.ThreadId, out WaitStatus status, out int error);
        if (!hasNews && error == 0 && Ptrace.TryGetStop(thread.ThreadId, out int signal, out int ptraceEvent))
        {
            hasNews = true;
            status = WaitStatus.Stopped(signal, ptraceEvent);
        }

        if (hasNews)
        {
            thread.State = status.HasStopped ? State.Stopped : State.Gone;
            thread.Signal = status.HasStopped ? status.PendingSignal : 0;
            if (status.IsClone && Ptrace.TryGetNewThread(thread.ThreadId, out int child) && _known.Add(child))
            {
                _threads.Add(new Traced { ThreadId = child });
            }
        }
        else if (error == Errno.ECHILD)
        {
            thread.State = State.Gone;
        }

        _threads[index] = thread;
        return thread.State != State.Running;
    }

    private enum State
    {
        Running,
        Stopped,
        Gone,
    }

    private struct Traced
    {
        public int ThreadId;
        public State State;
        public int Signal;
    }
}
