using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// Stops all threads of a process and resumes them. For one OS thread (ptrace is bound to it): when that thread ends, for whatever reason,
/// the kernel lets every thread of the target go.
/// </summary>
/// <remarks>
/// Every wait in here has one deadline for all threads together, and nothing in it can block: threads are interrupted, examined, and detached.
/// Nothing is allocated between the interrupt and the last detach, as long as the target does not double its threads meanwhile.
/// </remarks>
internal sealed class ThreadStopper(ProcessFacts target, ThreadRegisters? registers)
{
    /// <summary>
    /// A thread that runs on another processor, or is woken there, stops within 10 to 25 µs (measured): a sleep meanwhile would halt our own processor, and a
    /// virtual one takes longer to continue than that. Where there is only one processor the thread cannot run while we check.
    /// </summary>
    private static readonly long TicksWithoutSleep = Environment.ProcessorCount > 1 ? Stopwatch.Frequency / 20_000 : 0;

    /// <summary>Between two looks at the threads that have not stopped yet, in microseconds.</summary>
    private const int MaxSleep = 100;

    /// <summary>After this time threads that have not stopped are asked for their state, in microseconds; then again each time it has doubled.</summary>
    private const int FirstQuestion = 300;

    /// <summary>PID_MAX_LIMIT of linux/threads.h is 4,194,304.</summary>
    private const int NoThread = int.MaxValue;

    private readonly HashSet<int> _known = new(16);
    private readonly ThreadStates _states = new(target.ProcessId);
    private byte[] _registers = [];
    private bool _pretends;

    /// <summary>The threads that are ours, in no particular order.</summary>
    public TracedThreads Threads { get; } = new(target.ProcessId);

    /// <summary>
    /// Whether a thread neither stopped nor sleeps in the kernel: it got no processor until the deadline. It could start in the middle of the copy.
    /// </summary>
    public bool HasUnstoppedThread { get; private set; }

    /// <summary>Whether a thread stopped for a signal or for a thread that it made, and not for our interrupt: it may have done so since it was seized.</summary>
    public bool HasStopOfItsOwn { get; private set; }

    /// <summary>Whether every thread is detached; else the rest is detached when this OS thread ends.</summary>
    public bool IsClean { get; private set; } = true;

    /// <summary>Whether the registers of a thread were read.</summary>
    public bool HasRegisters(int index) => Threads[index].HasRegisters;

    /// <summary>The general registers of a stopped thread, as <c>NT_PRSTATUS</c> has them.</summary>
    public ReadOnlySpan<byte> RegistersAt(int index) => _registers.AsSpan(index * registers!.Size, registers.Size);

    /// <summary>Becomes the tracer of threads without stopping any.</summary>
    /// <param name="cancellation">Ends it.</param>
    /// <param name="hasSeized">For tests: called after each.</param>
    /// <returns>0, or the id of a thread that traces one of them: this OS thread must end, and another one may try again.</returns>
    /// <exception cref="EngineException">The kernel does not let us.</exception>
    /// <param name="only">The threads that are wanted; null for all.</param>
    public int Seize(int[]? only, CancellationToken cancellation, Action? hasSeized = null)
    {
        IsClean = false;
        ThreadSeizer seizer = new(target, Threads, _known, hasSeized);
        int tracer = only is null ? seizer.SeizeAll(cancellation) : seizer.SeizeOnly(only, cancellation);
        if (registers is not null)
        {
            _registers = new byte[(Threads.Count + 64) * registers.Size];
        }

        return tracer;
    }

    /// <summary>
    /// Takes a thread that cannot exist for the target's, so that a pause can be run without stopping any. What only a stopped thread
    /// or does not stop would lead to is called here, so that the runtime binds it before a target waits for it.
    /// </summary>
    public void Pretend()
    {
        _pretends = true;
        _ = _states.Read(NoThread);
        _ = ThreadWait.TryReap(NoThread);
        _ = Ptrace.TryGetNewThread(NoThread, out _);
        _ = Ptrace.TryGetStop(NoThread, out _, out _);
        _ = Ptrace.Detach(NoThread, 0);
        _ = registers?.TryRead(NoThread, stackalloc byte[registers.Size]);
        ThreadWait.Sleep(1);
        Threads.Add(NoThread);
        _registers = new byte[registers?.Size ?? 0];
    }

    /// <summary>Asks every thread to stop and waits, until all do or the deadline. Allocates nothing.</summary>
    /// <param name="deadline">Of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void StopAll(long deadline, CancellationToken cancellation)
    {
        for (int i = 0; i < Threads.Count; i++)
        {
            if (Ptrace.Interrupt(Threads[i].ThreadId) != 0)
            {
                End(i);
            }
        }

        Wait(deadline, cancellation);
        ReadRegisters();
    }

    /// <summary>Resumes every stopped thread, each with the signal that it was about to receive. It does not wait for others.</summary>
    public void DetachAll()
    {
        IsClean = true;
        for (int i = 0; i < Threads.Count; i++)
        {
            ref TracedThread thread = ref Threads[i];
            if (thread.State is TraceState.Running or TraceState.Uninterruptible)
            {
                _ = HasNews(i);
            }

            // Indexed again: a check may have added the thread that this one has just made.
            thread = ref Threads[i];
            if (thread.State == TraceState.Stopped)
            {
                // A thread that is being killed cannot be detached any more, and is ours until it has been reaped or this OS thread ends.
                if (Ptrace.Detach(thread.ThreadId, thread.Signal) == 0)
                {
                    thread.State = TraceState.Gone;
                }
                else
                {
                    End(i);
                }
            }

            IsClean &= Threads[i].State == TraceState.Gone || _pretends;
        }
    }

    private void Wait(long deadline, CancellationToken cancellation)
    {
        int sleep = 0;
        long start = Stopwatch.GetTimestamp();
        double question = FirstQuestion;
        while (CountRunning() > 0 && !cancellation.IsCancellationRequested)
        {
            // A sleep, however short, and no sched_yield: that would put us after CPU-bound threads.
            long now = Stopwatch.GetTimestamp();
            if (now - start >= TicksWithoutSleep)
            {
                sleep = Math.Min(sleep + 1, MaxSleep);
                ThreadWait.Sleep(sleep);
                now = Stopwatch.GetTimestamp();
            }

            if (now > deadline)
            {
                AskStates(isLast: true);
                return;
            }

            if (Stopwatch.GetElapsedTime(start, now).TotalMicroseconds > question)
            {
                question *= 2;
                AskStates(isLast: false);
            }
        }
    }

    // A thread in uninterruptible sleep cannot stop, and cannot run user code either: it is taken as it is. One that may run but gets no processor (a
    // quota, a busy machine) is waited for, since it could start in the middle of the copy.
    private void AskStates(bool isLast)
    {
        for (int i = 0; i < Threads.Count; i++)
        {
            if (Threads[i].State != TraceState.Running)
            {
                continue;
            }

            switch (_states.Read(Threads[i].ThreadId))
            {
                case 'D':
                    Threads[i].State = TraceState.Uninterruptible;
                    break;
                case 'Z' or 'X':
                    End(i);
                    break;
                default:
                    HasUnstoppedThread |= isLast && !HasNews(i);
                    break;
            }
        }
    }

    // A thread that is no more under its id, and that we have not reaped, may continue under another: that of its leader, after an exec.
    private void End(int index)
    {
        ref TracedThread thread = ref Threads[index];
        thread.State = thread.IsReaped || Threads.TryReap(ref thread) ? TraceState.Gone : TraceState.Ended;
    }

    private int CountRunning()
    {
        int running = 0;
        for (int i = 0; i < Threads.Count; i++)
        {
            running += Threads[i].State == TraceState.Running && !HasNews(i) ? 1 : 0;
        }

        return running;
    }

    private void ReadRegisters()
    {
        for (int i = 0; registers is not null && i < Threads.Count && HasRoom(i); i++)
        {
            Threads[i].HasRegisters = Threads[i].State == TraceState.Stopped
                && registers.TryRead(Threads[i].ThreadId, _registers.AsSpan(i * registers.Size, registers.Size));
        }
    }

    private bool HasRoom(int index) => (index + 1) * registers!.Size <= _registers.Length;

    /// <summary>Checks whether a thread has stopped or ended; false if it still runs.</summary>
    private bool HasNews(int index)
    {
        int threadId = Threads[index].ThreadId;
        bool hasNews = ThreadWait.TryPeek(threadId, out WaitStatus status, out int error);
        if (!hasNews && error == 0 && Ptrace.TryGetStop(threadId, out int signal, out int ptraceEvent))
        {
            hasNews = true;
            status = WaitStatus.Stopped(signal, ptraceEvent);
        }

        if (hasNews && status.HasStopped)
        {
            Threads[index].State = TraceState.Stopped;
            Threads[index].Signal = status.PendingSignal;
            HasStopOfItsOwn |= status.IsClone || status.PendingSignal != 0;
            if (status.IsClone && Ptrace.TryGetNewThread(threadId, out int child) && _known.Add(child))
            {
                Threads.Add(child);
            }
        }
        else if (hasNews)
        {
            End(index);
        }
        else if (error == Errno.ECHILD)
        {
            End(index);
        }

        return hasNews || error == Errno.ECHILD;
    }
}
