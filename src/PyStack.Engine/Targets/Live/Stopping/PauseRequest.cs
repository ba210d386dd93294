using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using PyStack.Engine.Native;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Targets.Live.Stopping;

/// <summary>How far a pause has come.</summary>
internal enum PausePhase
{
    Seizing,
    Stopping,
    Stopped,
    Worked,
    Done,
}

/// <summary>
/// One pause, shared by the thread that requests it and the one that traces. The tracer makes no call that can block while the target is stopped: it
/// interrupts, checks, waits for the work with a deadline, and detaches.
/// </summary>
/// <param name="processor">The processor that the tracer and the worker share during the pause; -1 for any.</param>
internal sealed class PauseRequest(ProcessFacts target, ThreadRegisters? registers, bool pretends, CancellationToken cancellation, int processor = -1)
{
    /// <summary>Of the two real-time threads of a pause the tracer comes first: it must be able to end it.</summary>
    private const int TracerLevel = 2;

    /// <summary>Between two checks of the deadline and of the cancellation, in microseconds.</summary>
    private const int MaxWait = 1000;

    // Who has decided whether there is a pause: the tracer, which begins it, or the worker, which waits no longer.
    private const int Nobody = 0;
    private const int Begun = 1;
    private const int Abandoned = 2;

    private readonly ThreadStopper _stopper = new(target, registers);
    private readonly PhaseWord _phase = new(polls: processor < 0);
    private int _owner;
    private long _seizing;
    private long _start;
    private long _stopped;
    private long _worked;
    private long _end;
    private long _allocated;
    private DateTime _startedAt;

    public PausePhase Phase => _phase.Value;

    /// <summary>Waits while the phase is what it was, for some microseconds at most (below a second).</summary>
    public void WaitWhile(PausePhase phase, int microseconds) => _phase.WaitWhile(phase, microseconds);

    /// <summary>The target's parent.</summary>
    public int ParentId => target.ParentId;

    /// <summary>For tests: called on the tracer's thread as each phase begins.</summary>
    public Action<PausePhase>? Between { get; init; }

    /// <summary>For tests: called on the tracer's thread after each thread that it has seized.</summary>
    public Action? HasSeized { get; init; }

    /// <summary>The threads that are to be stopped; null for all.</summary>
    public int[]? Only { get; init; }

    /// <summary>The processor that the tracer and the worker share during the pause; -1 for any.</summary>
    public int Processor => processor;

    public ThreadStopper Stopper => _stopper;

    /// <summary>What the tracer could not do; null if it could.</summary>
    public ExceptionDispatchInfo? Failure { get; private set; }

    /// <summary>The thread that traces one of the target's; 0 if there is none.</summary>
    public int OtherTracer { get; private set; }

    /// <summary>Whether the target was resumed before the work was done.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>The OS thread of the tracer; 0 before it has begun.</summary>
    public int TracerId { get; private set; }

    /// <summary>Called by the worker: no one waits for this pause any more. No thread is then stopped for it.</summary>
    /// <returns>False if the pause has begun: then it must be completed.</returns>
    public bool TryAbandon() => Interlocked.CompareExchange(ref _owner, Abandoned, Nobody) == Nobody;

    /// <summary>Called by the worker: the work is done, and the target may be resumed.</summary>
    public void EndWork(long allocatedBytes)
    {
        _allocated = allocatedBytes;
        _worked = Stopwatch.GetTimestamp();

        // The tracer may have stopped waiting, and be done.
        _phase.Change(PausePhase.Stopped, PausePhase.Worked);
    }

    public PauseReport Report() => new(
        _startedAt,
        Stopwatch.GetElapsedTime(_stopper.HasStopOfItsOwn ? _seizing : _start, _end),
        Stopwatch.GetElapsedTime(_start, _stopped),
        Stopwatch.GetElapsedTime(_stopped, _worked),
        _stopper.Threads.Count,
        _stopper.HasUnstoppedThread,
        _allocated);

    /// <summary>The whole pause, on the tracer's OS thread.</summary>
    /// <returns>Whether every thread is detached; else this OS thread must end, which detaches the rest.</returns>
    public bool Run()
    {
        TracerId = Identity.ThreadId();
        SchedulingPriority.Raised priority = default;
        ProcessorAffinity.Pinned place = ProcessorAffinity.Pin(Processor);
        try
        {
            Between?.Invoke(PausePhase.Seizing);
            _seizing = Stopwatch.GetTimestamp();
            if (pretends)
            {
                _stopper.Pretend();
            }
            else if ((OtherTracer = _stopper.Seize(Only, cancellation, HasSeized)) != 0)
            {
                return false;
            }
            else if (_stopper.Threads.Count == 0)
            {
                _stopper.DetachAll();
                return true;
            }

            if (cancellation.IsCancellationRequested || Interlocked.CompareExchange(ref _owner, Begun, Nobody) != Nobody)
            {
                return false;
            }

            priority = SchedulingPriority.Raise(TracerLevel);
            Pause();
            return _stopper.IsClean;
        }
        catch (Exception e)
        {
            Failure = ExceptionDispatchInfo.Capture(e);
            return false;
        }
        finally
        {
            priority.Restore();
            place.Release();
        }
    }

    /// <summary>Called by the tracer at its end: the worker may continue.</summary>
    public void Finish()
    {
        Between?.Invoke(PausePhase.Done);
        _phase.Set(PausePhase.Done);
    }

    private void Pause()
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        _startedAt = DateTime.UtcNow;
        _start = Stopwatch.GetTimestamp();
        long end = _start + Ticks(PauseLimits.Whole);
        _phase.Set(PausePhase.Stopping);
        Between?.Invoke(PausePhase.Stopping);
        try
        {
            _stopper.StopAll(_start + Ticks(PauseLimits.Stopping), cancellation);
            _stopped = Stopwatch.GetTimestamp();
            if (!cancellation.IsCancellationRequested)
            {
                Between?.Invoke(PausePhase.Stopped);
                _phase.Set(PausePhase.Stopped);
                while (_phase.Value != PausePhase.Worked && !IsGivenUp)
                {
                    _phase.WaitWhile(PausePhase.Stopped, MaxWait);
                    IsGivenUp = Stopwatch.GetTimestamp() > end || cancellation.IsCancellationRequested;
                }
            }
        }
        finally
        {
            Between?.Invoke(PausePhase.Worked);
            _stopper.DetachAll();
            _end = Stopwatch.GetTimestamp();
        }

        _allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
