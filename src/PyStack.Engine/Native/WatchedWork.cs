using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// Runs the engine on a thread that can be abandoned. A system call that reads a target can wait for ever: a page of its memory, its maps or its
/// program may be on a disk that does not answer. The caller waits for the work, and continues without it when it is cancelled or gets no answer.
/// </summary>
/// <remarks>
/// Abandoned work ends as soon as its call returns, and disposes of its own resources; its result is lost. It does not keep a target stopped: pauses end
/// by themselves.
/// </remarks>
internal static class WatchedWork
{
    /// <summary>Where <c>-NativeAll</c> unwinds and values are rendered, stacks are deeper than those of pwsh's own threads on some systems.</summary>
    private const int StackSize = 8 << 20;

    /// <summary>A call that takes longer than this is treated as one that does not return.</summary>
    public static readonly TimeSpan NoAnswer = TimeSpan.FromSeconds(5);

    /// <summary>How long cancelled work may still take to release its target and its resources.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    /// <summary>Threads that wait for processes and disks that do not answer, in one process of PyStack.</summary>
    private const int MaxLeftBehind = 16;

    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static Worker? _idle;
    private static int _leftBehind;

    /// <summary>Does a piece of work, and waits for it.</summary>
    /// <param name="what">What is read, as the subject of a sentence.</param>
    /// <param name="work">Runs on another thread.</param>
    /// <param name="whileWaiting">Called on this thread every 20 ms, and once in the end: work that must be done on this thread. It may throw.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="EngineException"><see cref="EngineError.NotResponding"/>, or what the work throws.</exception>
    public static T Run<T>(string what, Func<T> work, Action whileWaiting, CancellationToken cancellation)
    {
        if (Volatile.Read(ref _leftBehind) >= MaxLeftBehind)
        {
            throw new EngineException(
                EngineError.NotResponding,
                $"{what} was not read: {MaxLeftBehind} earlier calls of this PowerShell still wait for processes or disks that do not answer.",
                "See which disks or network shares do not answer (dmesg), or start a new pwsh.");
        }

        Worker worker = Interlocked.Exchange(ref _idle, null) ?? new Worker();
        T result = default!;
        Job job = new(() => result = work());
        worker.Begin(job);
        Wait(what, worker, job, whileWaiting, cancellation);
        job.Failure?.Throw();
        whileWaiting();
        return result;
    }

    private static void Wait(string what, Worker worker, Job job, Action whileWaiting, CancellationToken cancellation)
    {
        long cancelledAt = 0;
        long call = 0;
        long calledAt = 0;
        while (!job.Wait(Look))
        {
            whileWaiting();
            long now = Stopwatch.GetTimestamp();
            if (cancellation.IsCancellationRequested)
            {
                cancelledAt = cancelledAt == 0 ? now : cancelledAt;
                if (Stopwatch.GetElapsedTime(cancelledAt, now) > Grace)
                {
                    Leave(job);
                    throw new OperationCanceledException(cancellation);
                }
            }

            long count = worker.Watch.Count;
            if (count != call || count % 2 == 0)
            {
                call = count;
                calledAt = now;
            }
            else if (Stopwatch.GetElapsedTime(calledAt, now) > NoAnswer)
            {
                Leave(job);
                throw NotResponding(what);
            }
        }
    }

    private static void Leave(Job job)
    {
        _ = Interlocked.Increment(ref _leftBehind);
        if (!job.TryLeave())
        {
            _ = Interlocked.Decrement(ref _leftBehind);
        }
    }

    private static EngineException NotResponding(string what) => new(
        EngineError.NotResponding,
        $"{what} does not answer: a read of its memory or files has waited for {NoAnswer.TotalSeconds:f0} s.",
        "It, or a page of its memory, is on a disk or network share that does not answer, or is served by another program (FUSE, userfaultfd). No process was left stopped. See its state in /proc/PID/stack, and the kernel's messages (dmesg).");

    private sealed class Job(Action work)
    {
        private const int Working = 0;
        private const int Done = 1;
        private const int Left = 2;

        private readonly WakeSignal _end = new();
        private int _state;

        public ExceptionDispatchInfo? Failure { get; private set; }

        public void Do()
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Failure = ExceptionDispatchInfo.Capture(e);
            }
        }

        /// <summary>The caller stops waiting. False if the work has just ended.</summary>
        public bool TryLeave() => Interlocked.CompareExchange(ref _state, Left, Working) == Working;

        public void Finish()
        {
            if (Interlocked.CompareExchange(ref _state, Done, Working) == Left)
            {
                _ = Interlocked.Decrement(ref _leftBehind);
            }

            _end.Set();
        }

        public bool Wait(TimeSpan time) => Volatile.Read(ref _state) == Done || (_end.Wait(time) && Volatile.Read(ref _state) == Done);
    }

    private sealed class Worker
    {
        private readonly WakeSignal _wake = new();
        private Job? _job;

        public Worker() => new Thread(Serve, StackSize) { IsBackground = true, Name = "PyStack worker" }.Start();

        public CallWatch Watch { get; } = new();

        public void Begin(Job job)
        {
            Volatile.Write(ref _job, job);
            _wake.Set();
        }

        private void Serve()
        {
            CallWatch.Current = Watch;
            while (Next() is Job job)
            {
                job.Do();
                bool isKept = Interlocked.CompareExchange(ref _idle, this, null) is null;
                job.Finish();
                if (!isKept)
                {
                    return;
                }
            }
        }

        private Job? Next()
        {
            while (true)
            {
                bool isSignalled = _wake.Wait(IdleTime);
                if (Interlocked.Exchange(ref _job, null) is Job job)
                {
                    return job;
                }

                // The thread that took this worker from the pool is about to give it a job.
                if (!isSignalled && Interlocked.CompareExchange(ref _idle, null, this) == this)
                {
                    return null;
                }
            }
        }
    }
}
