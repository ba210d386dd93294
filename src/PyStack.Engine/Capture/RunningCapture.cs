using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Stopping;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture;

/// <summary>
/// Takes the stacks of a process that runs on. One walk copies all of it; a thread that, according to the kernel, has not run from before
/// that walk until after it is coherent, which is enough for a thread that sleeps. Each of the others is read alone, repeatedly for a short time
/// (<see cref="MovingThreadReader"/>); in the end it keeps the outer frames that never changed, and a warning.
/// </summary>
internal sealed class RunningCapture : ICaptureSource
{
    private const int MaxAttempts = 200;

    /// <summary>How long threads that run are read after the first walk; each is read at least once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly LiveProcess _process;
    private readonly RuntimeSet _runtimes;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly PageSnapshot _pages;
    private readonly NonBlockingNative? _native;
    private readonly StillThreads _still;
    private readonly MovingThreadReader _reader;
    private readonly bool _needsPython;
    private readonly RawCapture _capture = new();
    private readonly Dictionary<ThreadKey, Reading> _readings = [];
    private readonly HashSet<ulong> _stillStates = new(AddressHash.Comparer);
    private readonly bool _hasCopy;
    private int _framesRead;

    public RunningCapture(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, StackOptions options, IEngineLog log)
    {
        Limits limits = options.Limits;
        _native = options.Native == NativeMode.None ? null : new NonBlockingNative(process, limits);
        _needsPython = options.Native != NativeMode.AllThreads;
        _hasCopy = options.Also is not null;
        _process = process;
        _limits = limits;
        _log = log;
        _runtimes = new RuntimeSet(runtimes, options.Locals, limits) { Also = options.Also };
        _pages = new PageSnapshot(process.Memory, limits);
        _still = new StillThreads(process, _runtimes, _native);
        _reader = new MovingThreadReader(process, _runtimes, _still, limits);
    }

    public CaptureMode Mode => CaptureMode.Running;

    public bool CanRetry => true;

    public PauseReport? LastPause => null;

    public PageSnapshot IdlePages => _pages;

    /// <exception cref="EngineException">The process has no stack.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        DateTime startedAt = DateTime.UtcNow;
        _reader.Cancellation = cancellation;
        _readings.Clear();
        _framesRead = 0;
        _pages.ClearAndFetch(_process.Memory.Hints);
        _native?.Begin();
        _ = TryWalk(cancellation);
        _pages.Note(_process.Memory.Hints);
        long start = Stopwatch.GetTimestamp();
        bool hasWalked = TryReadAll(start, cancellation);
        if (!hasWalked && _needsPython)
        {
            throw Messages.NoStack(_process.ProcessId, _process.Name);
        }

        int rounds = ReadMoving(start, cancellation);
        CapturedProcess captured = Finish(startedAt);
        _log.Verbose($"Read without stopping: {captured.Threads.FindAll(thread => thread.IsCoherent).Count} of {_capture.Threads.Count} threads did not run meanwhile; "
            + $"{rounds} rounds over the others, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f1} ms after the first walk.");
        return _native is null ? captured : captured with { NativeThreads = Compare(_native.Finish(Moments(), cancellation)) };
    }

    public void Dispose()
    {
        _pages.Dispose();
        _reader.Dispose();
    }

    // Where threads come and go, a list may end at one that has just ended: then it is incomplete.
    private bool TryReadAll(long start, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            _still.Begin();
            _pages.IsSealed = false;
            _pages.PrepareRefresh();
            _pages.Refresh();
            bool hasWalked = TryWalk(cancellation);
            _still.Identify(_capture);
            KeepStill(cancellation);
            bool isSettled = !_hasCopy || _stillStates.Count == _capture.Threads.Count || Stopwatch.GetElapsedTime(start) > Patience;
            if ((hasWalked && !_capture.IsTruncated && isSettled) || attempt >= MaxAttempts || (Stopwatch.GetElapsedTime(start) > Patience && hasWalked && _capture.Threads.Count > 0))
            {
                return hasWalked;
            }
        }
    }

    private bool TryWalk(CancellationToken cancellation)
    {
        bool hasWalked = _runtimes.TryWalk(_pages, _capture);
        _runtimes.Prefetch(_pages, _capture, ValuePass.Rehearse, cancellation);
        return hasWalked;
    }

    // Decodes at once the threads that did not run: the copy is from this moment, and the next attempt makes a new one.
    private void KeepStill(CancellationToken cancellation)
    {
        _stillStates.Clear();
        List<(RawThread Thread, RunCount Moment)> still = [];
        foreach (RawThread thread in _capture.Threads)
        {
            int threadId = _still.ThreadIdOf(thread);
            if (_still.CountAtBegin(threadId) is RunCount since && _still.HasStoodStill(threadId, since))
            {
                still.Add((thread, since));
                _ = _stillStates.Add(thread.Address);
            }
        }

        _pages.IsSealed = true;
        RuntimeDecoder decoder = _runtimes.DecoderOf(_pages, cancellation);
        foreach ((RawThread thread, RunCount since) in still)
        {
            cancellation.ThrowIfCancellationRequested();
            List<string> warnings = [];
            List<PythonFrame> frames = decoder.Decode(_capture, thread, warnings, out ChainEnd end);
            bool isCoherent = end is ChainEnd.Complete or ChainEnd.Limit;
            Keep(new ThreadKey(thread), new Reading(CapturedThread.From(_capture, thread, frames, isCoherent, warnings), since, thread.FrameCount));
        }
    }

    private int ReadMoving(long start, CancellationToken cancellation)
    {
        List<RawThread> moving = _capture.Threads.FindAll(thread => !IsSettled(thread));
        int rounds = 0;
        while (moving.Count > 0 && (rounds == 0 || Stopwatch.GetElapsedTime(start) <= Patience))
        {
            rounds++;
            for (int i = moving.Count - 1; i >= 0 && (rounds == 1 || Stopwatch.GetElapsedTime(start) <= Patience); i--)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!TryReadMoving(moving[i]) || IsSettled(moving[i]))
                {
                    moving.RemoveAt(i);
                }
            }
        }

        return rounds;
    }

    // False if there is no such thread any more.
    private bool TryReadMoving(in RawThread thread)
    {
        ThreadKey key = new(thread);
        int own = _readings.TryGetValue(key, out Reading? before) ? before.FrameCount : 0;
        int steps = _framesRead - own;
        CapturedThread? read = _reader.Read(_capture, thread, steps, out RunCount? moment);
        if (read is null)
        {
            return false;
        }

        if (before?.Thread.IsCoherent != true || moment is not null)
        {
            Keep(key, new Reading(read, moment, read.Frames.Count) { Raw = _native is not null && moment is null ? _reader.TakeFrames() : null, Steps = steps });
        }

        return true;
    }

    private void Keep(ThreadKey key, Reading reading)
    {
        _framesRead += reading.FrameCount - (_readings.TryGetValue(key, out Reading? before) ? before.FrameCount : 0);
        _readings[key] = reading;
    }

    // A native stack must be from the same moment: that of a thread that did not run.
    private bool IsSettled(in RawThread thread)
        => _readings.TryGetValue(new ThreadKey(thread), out Reading? reading) && reading.Thread.IsCoherent && (_native is null || reading.Moment is not null);

    private CapturedProcess Finish(DateTime startedAt)
    {
        List<CapturedThread> threads = new(_capture.Threads.Count);
        foreach (RawThread thread in _capture.Threads)
        {
            if (!_readings.TryGetValue(new ThreadKey(thread), out Reading? reading))
            {
                threads.Add(CapturedThread.From(_capture, thread, [], isCoherent: false, [MovingThreadReader.MovedWarning]) with { IsInnerEndKnown = false });
                continue;
            }

            // The lock goes from thread to thread: it must be read for all of them at one moment, or two seem to hold it.
            (PyGilState gil, bool? isCollecting) = CapturedThread.LockState(_capture, thread);
            threads.Add(reading.Thread with
            {
                Gil = gil,
                IsCollectingGarbage = isCollecting,
                IsInterpreterCollecting = _capture.Interpreters[thread.Interpreter].IsCollecting,
            });
        }

        return new CapturedProcess(
            threads,
            [],
            new Dictionary<ulong, int>(),
            startedAt,
            TimeSpan.Zero,
            _capture.Finalizing != 0,
            _capture.IsTruncated || _pages.IsFull)
        {
            Pages = [_pages],
            Copy = _hasCopy ? new CapturedCopy(_pages, _capture, IsAsRehearsed: true, _stillStates.Contains) : null,
        };
    }

    // Each OS thread's run count at the moment of its Python frames, for all its thread states together.
    private Dictionary<int, RunCount?> Moments()
    {
        Dictionary<int, RunCount?> moments = [];
        foreach (RawThread thread in _capture.Threads)
        {
            int threadId = _still.ThreadIdOf(thread);
            RunCount? moment = _readings.TryGetValue(new ThreadKey(thread), out Reading? reading) ? reading.Moment : null;
            moments[threadId] = moments.TryGetValue(threadId, out RunCount? other) && other != moment ? null : moment;
        }

        return moments;
    }

    // A thread that ran when its native stack was taken: are its Python frames still those that they were before?
    private List<NativeThread> Compare(List<NativeThread> natives)
    {
        Dictionary<int, bool> areEqual = [];
        foreach (RawThread thread in _capture.Threads)
        {
            int threadId = _still.ThreadIdOf(thread);
            bool isEqual = _readings.TryGetValue(new ThreadKey(thread), out Reading? reading)
                && reading.Thread.IsCoherent && reading.Raw is not null && _reader.IsUnchanged(reading.Raw, reading.Steps);
            areEqual[threadId] = isEqual && (!areEqual.TryGetValue(threadId, out bool others) || others);
        }

        for (int i = 0; i < natives.Count; i++)
        {
            if (natives[i].Moment != NativeMoment.SameAsPython && areEqual.TryGetValue(natives[i].ThreadId, out bool isEqual) && isEqual)
            {
                natives[i] = natives[i] with { Moment = NativeMoment.BetweenEqualFrames };
            }
        }

        return natives;
    }

    /// <summary>The best that was read of a thread.</summary>
    /// <param name="Moment">Its run count, if it did not run.</param>
    /// <param name="FrameCount">How many frames of the capture's limit it uses.</param>
    private sealed record Reading(CapturedThread Thread, RunCount? Moment, int FrameCount)
    {
        /// <summary>Its frames as they are in memory, if they are to be compared later.</summary>
        public RawCapture? Raw { get; init; }

        /// <summary>How many frames of the capture's limit were used by others then.</summary>
        public int Steps { get; init; }
    }

    /// <summary>The memory of a thread state may be reused for another thread a moment later; its ids show that.</summary>
    private readonly record struct ThreadKey(ulong Address, ulong PthreadId, long NativeId)
    {
        public ThreadKey(in RawThread thread)
            : this(thread.Address, thread.PthreadId, thread.NativeId)
        {
        }

        public override int GetHashCode() => (int)(AddressHash.Of(Address) ^ AddressHash.Of(PthreadId + (ulong)NativeId));
    }
}
