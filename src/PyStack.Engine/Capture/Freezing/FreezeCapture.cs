using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>
/// Takes the stacks of a process of which at most one thread for each GIL is stopped. With a GIL only its holder can change frames, thread lists and
/// objects, and the GIL counts its holders: while the last holder sleeps or is stopped, and that count stays the same, no one runs Python.
/// </summary>
/// <remarks>
/// 1. Read the GIL and how often its last holder has run. 2. Read the whole process while it runs. 3. Read the GIL again: if it has moved, begin again.
/// 4. If the last holder has ended, that is all. 5. Else stop it, compare the GIL, copy what it can have changed, compare the GIL, and resume it.
/// 6. If others take the GIL meanwhile, but few: read again, and copy in step 5 the states of all that have run since; the others have slept. If many do, copy
/// everything in step 5. 7. After some lost races the caller stops all threads.
/// </remarks>
internal sealed class FreezeCapture : IDisposable
{
    /// <summary>How often the process is read again because others have run Python meanwhile, or the last holder has changed.</summary>
    private const int MaxReadings = 4;

    /// <summary>How often the thread to stop is chosen again after one reading, because the GIL goes on among threads that may all be read.</summary>
    private const int MaxChoices = 6;

    /// <summary>
    /// Tasks of a larger copy (16 MB, some 3 ms to copy) are not copied all at once in the freeze: where pages go on changing, what is read from these few is said not to be coherent.
    /// </summary>
    private const int MaxPagesAtOnce = 4096;

    /// <summary>How often the changing pages are looked for anew before that, each time more of them.</summary>
    private const int MaxComparisons = 3;

    /// <summary>How often a thread may be stopped without success.</summary>
    private const int MaxLostFreezes = 3;

    private readonly LiveProcess _process;
    private readonly RuntimeSet _runtimes;
    private readonly IEngineLog _log;
    private readonly bool _hasValues;
    private readonly bool _hasCopy;
    private readonly PageSnapshot _pages;
    private readonly RawCapture _capture = RawCapture.Rent();
    private readonly RawCapture _now = new();
    private readonly GilHolders _holders;
    private readonly FrozenStates _states;
    private readonly FreezeWork _work;
    private readonly string? _whyNever;
    private readonly SleepingStacks? _sleeping;
    private readonly StackCopier? _stacks;
    private readonly Freezer _freezer;
    private readonly MovedStates _moved;
    private readonly OtherValues _values;
    private readonly HolderSleep _sleep;
    private IReadOnlyCollection<int> _existing = [];
    private ThreadDirectory? _directory;
    private readonly List<NativeThread> _asleep = [];
    private int _stopped;
    private bool _areAsleep;
    private bool _isDisposed;
    private bool _hasTriedAgain;
    private bool _haveValuesMoved;

    public FreezeCapture(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, StackOptions options, IEngineLog log)
    {
        _process = process;
        _log = log;
        _hasValues = options.Locals is not null || options.Also is not null;
        _hasCopy = options.Also is not null;
        _runtimes = new RuntimeSet(runtimes, options.Locals, options.Limits) { Also = options.Also };
        _pages = new PageSnapshot(process.Memory, options.Limits);
        _holders = new GilHolders(process, _runtimes);
        _states = new FrozenStates(process.Memory, runtimes, options.Locals, options.Limits);
        if (options.Native != NativeMode.None)
        {
            _sleeping = new SleepingStacks(process, options, log);
            _stacks = new StackCopier(process.ProcessId, process.Processor.Registers, options.Limits);
        }

        _values = new OtherValues(_pages);
        _work = new FreezeWork(process, _runtimes, _pages, _capture, _holders, _states) { Stacks = _stacks, Changing = _values.Changing };
        _moved = new MovedStates(process, _runtimes, _work.Evidence);
        _freezer = new Freezer(process, _runtimes, _pages, _capture, _holders, _states, _moved, _work)
        {
            Sleeping = _sleeping,
            Stacks = _stacks,
            HasValues = _hasValues,
        };
        _sleep = new HolderSleep(process, _holders, _work.Evidence, _capture, _hasValues ? _values : null);
        _whyNever = _holders.WhyNever();
    }

    /// <summary>The copy, which no one needs after a capture.</summary>
    public PageSnapshot Pages => _pages;

    /// <summary>What the last pause cost the target; null where there was none.</summary>
    public PauseReport? LastPause { get; private set; }

    /// <summary>How long the last capture has stopped the target in all.</summary>
    public TimeSpan Paused { get; private set; }

    /// <summary>How often a thread was stopped without success in the last capture, because the GIL had changed hands meanwhile.</summary>
    public int LostFreezes { get; private set; }

    /// <summary>How much was copied while a thread was stopped.</summary>
    public FreezeKind Kind => _work.Kind;

    /// <summary>For tests: called after each step.</summary>
    public Action<FreezeStep>? After
    {
        get => _work.After;
        set => _work.After = value;
    }

    /// <summary>Takes the stacks.</summary>
    /// <param name="whyNot">Why all threads have to be stopped instead; null on success.</param>
    /// <exception cref="EngineException">The process cannot be examined any more.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public CapturedProcess? TryCapture(CancellationToken cancellation, out string? whyNot)
    {
        LastPause = null;
        LostFreezes = 0;
        _stopped = 0;
        Paused = TimeSpan.Zero;
        _work.Cancellation = cancellation;
        _hasTriedAgain = false;
        _moved.Clear();
        _values.Clear();
        whyNot = _whyNever ?? (_process.Facts.TracerId != 0 ? "another program traces it" : null);
        for (int reading = 1; whyNot is null; reading++)
        {
            cancellation.ThrowIfCancellationRequested();
            DateTime startedAt = DateTime.UtcNow;
            _sleeping?.Read(cancellation);
            if (reading > 1 && !_moved.AreMany)
            {
                _moved.Begin();
            }

            whyNot = _holders.Begin();
            if (whyNot is not null)
            {
                break;
            }

            After?.Invoke(FreezeStep.GilRead);
            bool isWhole = TryRead(cancellation);
            After?.Invoke(FreezeStep.ProcessRead);
            bool isSame = HasNobodyElseRun();
            After?.Invoke(FreezeStep.GilReadAgain);

            // The last try copies everything: it is lost only if the GIL goes on in the freeze itself.
            bool areFew = isWhole && !isSame && LostFreezes < MaxLostFreezes - 1 && _moved.TryFind(_capture);
            if (((!isSame && !areFew && LostFreezes < MaxLostFreezes - 1) || !isWhole) && reading < MaxReadings)
            {
                continue;
            }

            whyNot = !isWhole ? "its thread list kept changing while it was read" : _freezer.WhyUnknownHolder();
            if (whyNot is not null)
            {
                break;
            }

            _areAsleep = isSame && _sleep.AreAsleep();
            _freezer.Clear();
            if (_areAsleep && !_sleep.HasHolder() && _sleeping?.Others.Count is null or 0 && TryTakeSleeping())
            {
                _work.Kind = FreezeKind.Nothing;
                _log.Verbose("No thread was stopped: the last holder of the GIL has ended, and no other thread has taken the GIL while the process was read.");
                return Finish(startedAt, cancellation)!;
            }

            _work.Kind = isSame ? FreezeKind.HoldersOnly : areFew ? FreezeKind.Moved : FreezeKind.Everything;
            if (TryFreeze(cancellation, ref whyNot) is CapturedProcess captured)
            {
                return captured;
            }
        }

        return null;
    }

    // Null if the race was lost, with the reason if it is not worth another.
    private CapturedProcess? TryFreeze(CancellationToken cancellation, ref string? whyNot)
    {
        for (int attempt = 1; ; attempt++)
        {
            if (_work.Kind != FreezeKind.HoldersOnly && (whyNot = _freezer.ReadGils()) is not null)
            {
                return null;
            }

            if (_work.Kind == FreezeKind.Moved)
            {
                _sleeping?.StopAsWell(_moved.ThreadIds);
            }

            _work.Changing.Clear();
            _work.CopiesValues = _hasValues && !_areAsleep && IsOfParts && ((LostFreezes >= MaxLostFreezes - 1 && !IsLarge) || !_values.TryFindChanging());
            PauseReport report = _freezer.Freeze(cancellation, out whyNot);
            if (whyNot is not null)
            {
                return null;
            }

            Paused += report.Length;
            _stopped = Math.Max(_stopped, report.Threads);
            LastPause = report;
            if (TryTake(report, isLast: attempt == MaxComparisons, cancellation) is CapturedProcess captured)
            {
                Explain(report);
                return captured;
            }

            if (_haveValuesMoved && IsLarge && attempt < MaxComparisons)
            {
                continue;
            }

            // The GIL has gone on before the freeze, to one that may be stopped as well: what was read is not worth less for that.
            if (_work.HasWon || _work.IsOtherThread || _work.Kind == FreezeKind.HoldersOnly || attempt == MaxChoices)
            {
                break;
            }
        }

        whyNot = _work.IsOtherThread ? "the last holder of its GIL is not provably the thread that its thread state names"
            : ++LostFreezes >= MaxLostFreezes ? $"its GIL went on to another thread, or threads woke up, each time ({LostFreezes} of {LostFreezes})"
            : null;
        return null;
    }

    // Null if what was copied is not of one moment.
    private CapturedProcess? TryTake(in PauseReport report, bool isLast, CancellationToken cancellation)
    {
        _haveValuesMoved = false;
        if (!_work.HasWon
            || (_work.Kind == FreezeKind.Moved && !_moved.HaveOthersSlept(_states, _capture))
            || (_areAsleep && _hasValues && !_states.HaveSameFrames(_capture))
            || !TryTakeSleeping())
        {
            return null;
        }

        _haveValuesMoved = IsPartial && !_values.HaveOthersStayed();
        if (_haveValuesMoved && IsLarge && isLast)
        {
            _pages.MarkStale(_values.Moved);
            _haveValuesMoved = false;
        }

        return _haveValuesMoved ? null : Finish(report.StartedAt, cancellation);
    }

    public void Dispose()
    {
        _pages.Dispose();
        _states.Dispose();
        _stacks?.Dispose();
        if (!_isDisposed)
        {
            _isDisposed = true;
            _capture.Return();
        }
    }

    private void Explain(in PauseReport report)
    {
        _log.Verbose($"Stopped {report.Threads} of {_existing.Count} threads, {(_sleeping is null ? "" : "those that run and ")}the last holder of the GIL, for {report.Length.TotalMicroseconds:f0} µs: "
            + (Kind == FreezeKind.HoldersOnly ? $"no other thread has run Python since the process was read; {_states.PageCount} pages were copied."
                : Kind == FreezeKind.Moved ? $"of all threads {_states.Count} have run since the process was read, and the others have slept; {_states.PageCount} pages were copied."
                : $"others had run Python, so all {_pages.PageCount} pages were copied.")
            + (_sleeping is null ? "" : $" The native stacks of {_sleeping.Count} threads that sleep were read without a stop; {_sleeping.NeedRegisters} others that sleep were stopped for their registers.")
            + (LostFreezes > 0 ? $" Lost races before: {LostFreezes}." : ""));
        if (_log.IsDebugEnabled)
        {
            _log.Debug($"Pause: {report.Stopping.TotalMicroseconds:f0} µs until it stood still, {report.Working.TotalMicroseconds:f0} µs of work.");
        }
    }

    private bool TryRead(CancellationToken cancellation)
    {
        _pages.ClearAndFetch(_process.Memory.Hints);
        bool isRead = _runtimes.TryWalk(_pages, _capture);
        _runtimes.Prefetch(_pages, _capture, ValuePass.Rehearse, cancellation);
        _pages.Note(_process.Memory.Hints);
        _holders.NoteCapture(_capture);
        _holders.ForgetUnlisted(_capture);
        _directory = new ThreadDirectory(_process.ProcessId, _process.HasMainThread);
        _existing = _directory.ObserverIds;
        for (int i = 0; NeedsStructs && i < _capture.Threads.Count; i++)
        {
            _ = _pages.Prefetch(_capture.Threads[i].PthreadId, PthreadIds.SearchedBytes);
        }

        return isRead && !_capture.IsTruncated && !_pages.IsFull;
    }

    private bool HasNobodyElseRun()
        => _runtimes.TryWalkInterpreters(_process.Memory, _now) && FrozenStates.HasSameLists(_now, _capture) && _holders.AreSame();

    private bool TryTakeSleeping()
    {
        _asleep.Clear();
        if (_sleeping is null)
        {
            return true;
        }

        bool areStill = _sleeping.TryGetStill(_freezer.ThreadIds, out List<NativeThread> threads);
        _asleep.AddRange(threads);
        return areStill;
    }

    private bool NeedsStructs => _runtimes.LacksNativeIds || _holders.IsForked;

    // Whether the values of other threads are of the copy that was made while the process ran.
    private bool IsPartial => _hasValues && !_areAsleep && IsOfParts && !_work.CopiesValues;

    // Whether there is too much to copy it all in one freeze.
    private bool IsLarge => _hasCopy && _pages.PageCount > MaxPagesAtOnce;

    // Whether some threads were copied in the freeze, and the others while the process ran.
    private bool IsOfParts => Kind is FreezeKind.HoldersOnly or FreezeKind.Moved;

    // Null if a value has come to lead where nothing was copied.
    private CapturedProcess? Finish(DateTime startedAt, CancellationToken cancellation)
    {
        if (Kind != FreezeKind.Everything)
        {
            FreezeDecoder.TakeInterpreters(_capture, Kind == FreezeKind.Nothing ? _now : _states.Interpreters);
        }

        FreezeDecoder decoder = new(_runtimes, _pages, _capture, IsOfParts ? _states : null);
        List<CapturedThread> threads = decoder.Decode(cancellation);
        if (IsPartial && _pages.HasMissed && !IsLarge)
        {
            return null;
        }

        // A thread that has come to other code than it was rehearsed in: its variables' names may not have been copied. Once more, since some values always lead astray.
        if (_hasValues && IsOfParts && _states.HasMissed && !_hasTriedAgain)
        {
            _hasTriedAgain = true;
            return null;
        }

        List<NativeThread> natives = [.. _asleep];
        if (_stacks is not null && LastPause is PauseReport last && Kind != FreezeKind.Nothing)
        {
            natives.AddRange(CopiedThreads.From(_stacks, last));
        }

        Dictionary<ulong, int> pointers = NeedsStructs ? decoder.PthreadIdsOf(threads, _directory!) : [];
        return new CapturedProcess(threads, _existing, pointers, startedAt, Paused, _capture.Finalizing != 0, _capture.IsTruncated || _pages.IsFull)
        {
            IsWhole = decoder.IsWhole,
            StoppedThreads = _stopped,
            FactsBefore = _freezer.FactsBefore,
            NativeThreads = natives,
            Pages = IsOfParts ? [_pages, _states.Pages] : [_pages],
            Copy = _hasCopy ? new CapturedCopy(_pages, _capture, IsAsRehearsed: _areAsleep || (IsPartial && _work.Changing.Count == 0 && !_pages.HasStale)) : null,
        };
    }
}
