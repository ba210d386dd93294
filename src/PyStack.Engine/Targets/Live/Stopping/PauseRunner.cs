using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Access;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>
/// Stops a process, does a piece of work, and resumes it. Two threads do it: the tracer, which never waits for anything of the target's, and the
/// calling thread, which reads its memory and may therefore be held up by it. Whatever happens, the pause ends after <see cref="PauseLimits.Whole"/>.
/// </summary>
internal static class PauseRunner
{
    /// <summary>An interface call is bound to its target at the second use of a call site.</summary>
    private const int WarmUps = 3;

    /// <summary>Below the tracer's.</summary>
    private const int WorkerLevel = 1;

    /// <summary>Between two checks whether threads that have ended are to be reaped, in microseconds.</summary>
    private const int MaxWait = 1000;

    /// <summary>Between two checks whether the tracer's OS thread has ended, in microseconds.</summary>
    private const int TracerEndCheck = 20;

    /// <summary>Of more threads than this the processors are not looked up.</summary>
    private const int MaxPlaced = 16;

    private static readonly TimeSpan ReapAfter = TimeSpan.FromMilliseconds(2);

    /// <summary>The tracer checks the cancellation itself, unless it waits in the kernel.</summary>
    private static readonly TimeSpan CancelAfter = TimeSpan.FromMilliseconds(200);

    /// <exception cref="EngineException">The process cannot be stopped, or did not answer.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    /// <param name="between">For tests: called on the tracer's thread as each phase begins.</param>
    /// <param name="hasSeized">For tests: called there after each thread that it has seized.</param>
    /// <param name="only">The threads to stop; null for all. If none of them is there any more, the work is not done, and the report has no threads.</param>
    public static PauseReport Run(
        ProcessFacts target,
        ThreadRegisters? registers,
        IPauseWork work,
        CancellationToken cancellation,
        Action<PausePhase>? between = null,
        Action? hasSeized = null,
        int[]? only = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            PauseRequest request = new(target, registers, pretends: false, cancellation, ProcessorBeside(target, only))
            {
                Between = between,
                HasSeized = hasSeized,
                Only = only,
            };
            RunOne(request, target, work, cancellation);
            cancellation.ThrowIfCancellationRequested();
            if (request.OtherTracer == 0)
            {
                return request.Report();
            }

            // Two observers that each have some of the threads must both detach and try again at different times.
            if (Stopwatch.GetElapsedTime(start) > PauseLimits.OtherTracer)
            {
                throw AccessDiagnosis.Explain(target with { TracerId = request.OtherTracer }, AccessRefusal.Trace);
            }

            Thread.Sleep(Random.Shared.Next(1, 20));
        }
    }

    /// <summary>
    /// Runs a pause several times with a thread that cannot exist, so that the runtime binds all of its calls before a target is stopped. The
    /// work is done on the running process.
    /// </summary>
    public static void WarmUp(ProcessFacts target, ThreadRegisters? registers, IPauseWork work)
    {
        for (int i = 0; i < WarmUps; i++)
        {
            try
            {
                RunOne(new PauseRequest(target, registers, pretends: true, CancellationToken.None), target, work, CancellationToken.None);
            }
            catch (EngineException e) when (e.Error == EngineError.NotResponding)
            {
                // Nothing was stopped: slow compilation of the code of the pause is not an error.
            }
        }
    }

    private static void RunOne(PauseRequest request, ProcessFacts target, IPauseWork work, CancellationToken cancellation)
    {
        ThreadWait.MakeSleepsPrecise();
        Tracer.Begin(request);

        // Before the pause begins: a thread without it may get no processor in time to do its work.
        SchedulingPriority.Raised priority = SchedulingPriority.Raise(WorkerLevel);
        ProcessorAffinity.Pinned place = ProcessorAffinity.Pin(request.Processor);
        bool isOver = false;
        try
        {
            if (!WaitUntil(request, PausePhase.Stopping, PauseLimits.Seizing, reaps: true, cancellation) && request.TryAbandon())
            {
                LeftBehind.Reap(request);
                cancellation.ThrowIfCancellationRequested();
                throw NotSeized(target);
            }

            _ = WaitUntil(request, PausePhase.Stopped, PauseLimits.Whole, reaps: false, CancellationToken.None);
            try
            {
                if (request.Phase == PausePhase.Stopped)
                {
                    Work(request, work);
                }
            }
            finally
            {
                isOver = WaitUntil(request, PausePhase.Done, PauseLimits.Whole + PauseLimits.LettingGo, reaps: true, CancellationToken.None);
            }
        }
        finally
        {
            priority.Restore();
            place.Release();
        }

        if (!request.Stopper.IsClean)
        {
            WaitForEndOf(request.TracerId);
        }

        request.Failure?.Throw();
        cancellation.ThrowIfCancellationRequested();
        if (!isOver || request.IsGivenUp)
        {
            throw GivenUp(target);
        }
    }

    // One for both of us, so that the one wakes the other without waking another processor, and not the one of a thread that is to be stopped: it could not
    // run there to its stop while we check.
    private static int ProcessorBeside(ProcessFacts target, int[]? threadIds)
    {
        if (threadIds is not { Length: > 0 and <= MaxPlaced })
        {
            return -1;
        }

        ThreadStates states = new(target.ProcessId);
        Span<int> processors = stackalloc int[threadIds.Length];
        for (int i = 0; i < threadIds.Length; i++)
        {
            processors[i] = states.ProcessorOf(threadIds[i]);
        }

        return ProcessorAffinity.FindOtherThan(processors);
    }

    private static void Work(PauseRequest request, IPauseWork work)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            work.Run(new StoppedThreads(request.Stopper));
        }
        finally
        {
            request.EndWork(GC.GetAllocatedBytesForCurrentThread() - allocated);
        }
    }

    private static bool WaitUntil(PauseRequest request, PausePhase phase, TimeSpan limit, bool reaps, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan nextReap = ReapAfter;
        for (PausePhase now = request.Phase; now < phase; now = request.Phase)
        {
            request.WaitWhile(now, MaxWait);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed > limit || (elapsed > CancelAfter && cancellation.IsCancellationRequested))
            {
                return request.Phase >= phase;
            }

            if (reaps && elapsed > nextReap)
            {
                request.Stopper.Threads.ReapEnded();
                request.Stopper.Threads.ReapListed();
                nextReap = elapsed + ReapAfter;
            }
        }

        return true;
    }

    // The kernel detaches the rest when the OS thread ends, which is a moment after the managed one.
    private static void WaitForEndOf(int tracerId)
    {
        string task = string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{tracerId}");
        long start = Stopwatch.GetTimestamp();
        while (Directory.Exists(task) && Stopwatch.GetElapsedTime(start) < PauseLimits.LettingGo)
        {
            ThreadWait.Sleep(TracerEndCheck);
        }
    }

    private static EngineException NotSeized(ProcessFacts target) => new(
        EngineError.NotResponding,
        $"Process {target.ProcessId} ({target.Name}) cannot be stopped: the kernel did not answer for {PauseLimits.Seizing.TotalSeconds:f0} s.",
        "It is probably starting another program (exec) from a disk that does not answer; a thread of it that gets a signal meanwhile may wait until the disk does. Read it without stopping it (-NoBlock), and see dmesg and /proc/PID/stack.");

    private static EngineException GivenUp(ProcessFacts target) => new(
        EngineError.NotResponding,
        $"The memory of process {target.ProcessId} ({target.Name}) could not be copied within {PauseLimits.Whole.TotalSeconds:f0} s. The process was let go and runs.",
        "A page of it may be on a disk that does not answer, or it has very many threads and the machine is busy. Read it without stopping it (-NoBlock).");
}
