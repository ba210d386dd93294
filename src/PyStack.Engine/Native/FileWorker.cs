using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;

namespace PyStack.Engine.Native;

/// <summary>
/// Threads that wait for disks in place of the caller. A call on a file can hang forever (a FUSE daemon that is stopped, an NFS server that is down), and only the end of the process
/// ends it. So each call is done by such a thread, with a deadline; a thread that does not return is abandoned, and the number of those is bounded.
/// </summary>
internal sealed class FileWorker(int mostLeftBehind)
{
    /// <summary>The maximum number of abandoned threads, each with a small stack: when it is reached, files are unreadable at once until one returns.</summary>
    private const int UsualMostLeftBehind = 16;

    /// <summary>The instance of this process.</summary>
    public static readonly FileWorker Shared = new(UsualMostLeftBehind);

    private const int MostIdle = 4;
    private const int StackBytes = 1 << 18;

    private readonly Lock _gate = new();
    private readonly Stack<Worker> _idle = new();
    private readonly Dictionary<string, int> _hanging = new(StringComparer.Ordinal);
    private int _leftBehind;

    /// <summary>The threads that wait for a disk and that no one waits for.</summary>
    public int LeftBehind => Volatile.Read(ref _leftBehind);

    /// <summary>Runs a job and waits for it. The budget of the calling thread bounds the time and has the cancellation.</summary>
    /// <returns>False if it was given up, which is noted in the budget; the job then no longer belongs to the caller.</returns>
    public bool TryRun(FileJob job) => TryRun(job, FileBudget.Current);

    /// <inheritdoc cref="TryRun(FileJob)"/>
    public bool TryRun(FileJob job, FileBudget budget)
    {
        if (budget.IsCancelled)
        {
            return false;
        }

        Worker? worker = Take(job);
        if (worker is null)
        {
            budget.NoteUnanswered(job.Name, counts: false);
            return false;
        }

        worker.Start(job);
        if (job.Wait(budget.Limit, budget.Cancellation) || !TryLeave(worker, job))
        {
            if (job.Failure is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return true;
        }

        if (!budget.IsCancelled)
        {
            budget.NoteUnanswered(job.Name, counts: true);
        }

        return false;
    }

    // A disk that does not answer does not get a second thread.
    private Worker? Take(FileJob job)
    {
        lock (_gate)
        {
            return _hanging.ContainsKey(job.Device) || _leftBehind >= mostLeftBehind ? null
                : _idle.TryPop(out Worker? idle) ? idle
                : new Worker(this);
        }
    }

    private bool TryLeave(Worker worker, FileJob job)
    {
        lock (_gate)
        {
            if (worker.Job != job)
            {
                return false;
            }

            worker.IsLeft = true;
            _leftBehind++;
            _hanging[job.Device] = _hanging.GetValueOrDefault(job.Device) + 1;
            return true;
        }
    }

    // True if the thread should wait for another job.
    private bool Finish(Worker worker, FileJob job)
    {
        bool wasLeft;
        bool goesOn;
        lock (_gate)
        {
            wasLeft = worker.IsLeft;
            goesOn = !worker.IsBroken && _idle.Count < MostIdle;
            worker.Job = null;
            if (wasLeft)
            {
                worker.IsLeft = false;
                _leftBehind--;
                if (--_hanging[job.Device] == 0)
                {
                    _hanging.Remove(job.Device);
                }
            }

            if (goesOn)
            {
                _idle.Push(worker);
            }
        }

        if (wasLeft)
        {
            try
            {
                job.Discard();
            }
            catch (ObjectDisposedException)
            {
                // Closed already, by the caller that has given it up.
            }
        }
        else
        {
            job.Complete();
        }

        return goesOn;
    }

    private sealed class Worker(FileWorker owner)
    {
        private readonly object _wake = new();
        private bool _isStarted;
        private FileJob? _next;

        /// <summary>What it does now; guarded by the gate.</summary>
        public FileJob? Job { get; set; }

        /// <summary>Whether no one waits for it; guarded by the gate.</summary>
        public bool IsLeft { get; set; }

        /// <summary>Whether it has lost its own rights.</summary>
        public bool IsBroken { get; private set; }

        public void Start(FileJob job)
        {
            lock (_wake)
            {
                Job = job;
                _next = job;
                Monitor.Pulse(_wake);
            }

            if (!_isStarted)
            {
                _isStarted = true;
                new Thread(Work, StackBytes) { IsBackground = true, Name = "PyStack reads files" }.UnsafeStart();
            }
        }

        // An exception that leaves a thread ends the process, so none does. The caller may have given the job up and closed its file before the job has begun.
        private static void Do(FileJob job, bool hasRights)
        {
            try
            {
                if (hasRights)
                {
                    job.Run();
                }
                else
                {
                    job.RunWithOwnRights();
                }
            }
            catch (Exception e)
            {
                job.Failure = e;
            }
        }

        private FileJob Next()
        {
            lock (_wake)
            {
                while (_next is null)
                {
                    Monitor.Wait(_wake);
                }

                FileJob next = _next;
                _next = null;
                return next;
            }
        }

        private void Work()
        {
            ThreadRights rights = ThreadRights.OfThisThread();
            FileJob job;
            do
            {
                job = Next();
                Do(job, rights.TryTake(job.Rights));

                IsBroken = rights.IsBroken;
            }
            while (owner.Finish(this, job));
        }
    }
}
