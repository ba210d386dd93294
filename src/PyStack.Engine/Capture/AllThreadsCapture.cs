using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.Engine.Targets.Live.Stacks;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture;

/// <summary>
/// Captures the stacks of a process that is stopped: rehearses while it runs, stops it, copies the pages that the
/// rehearsal touched, walks them again and fetches what is missing, lets it go, and decodes the copy.
/// </summary>
internal sealed class AllThreadsCapture : IPauseWork, IDisposable
{
    // The kinds of captures that this process has done: one bit for each.
    private static int _warm;

    private readonly LiveProcess _process;
    private readonly RuntimeSet _runtimes;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly PageSnapshot _snapshot;
    private readonly RawCapture _capture = new();
    private readonly List<(int ThreadId, ulong Pointer)> _pointers = [];
    private readonly List<int> _stopped = [];
    private readonly ThreadFactsReader _factsReader;
    private readonly Dictionary<int, ThreadFacts> _facts = [];
    private readonly ThreadRegisters _registers;
    private readonly StackCopier? _stacks;
    private readonly bool _needsPython;
    private readonly bool _hasCopy;
    private readonly int _kind;
    private readonly int _innerProcessId;
    private bool _needsThreadPointers;
    private bool _hasWalked;
    private int _pagesBefore;
    private TimeSpan _copying;
    private CancellationToken _cancellation;

    public AllThreadsCapture(LiveProcess process, IReadOnlyList<PythonRuntime> runtimes, StackOptions options, IEngineLog log)
    {
        Limits limits = options.Limits;
        _process = process;
        _limits = limits;
        _registers = process.Processor.Registers;
        _log = log;
        _runtimes = new RuntimeSet(runtimes, options.Locals, limits) { Also = options.Also };
        _hasCopy = options.Also is not null;
        _snapshot = new PageSnapshot(process.Memory, limits);
        _stacks = options.Native == NativeMode.None ? null : new StackCopier(process.ProcessId, _registers, limits);
        _kind = 1 << ((options.Locals is null ? 0 : 1) + (options.Native == NativeMode.None ? 0 : 2));
        _needsPython = options.Native != NativeMode.AllThreads;
        _factsReader = new ThreadFactsReader(process.ProcessId);
        _innerProcessId = ThreadDirectory.InnerIdOf(process.ProcessId);
    }

    /// <summary>The copy, which no one needs after a capture.</summary>
    public PageSnapshot Pages => _snapshot;

    /// <summary>What the last pause cost the target.</summary>
    public PauseReport LastPause { get; private set; }

    /// <exception cref="EngineException">The process cannot be stopped, or has no stack.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Rehearse();
        _facts.Clear();
        _factsReader.ReadAll(_process.Threads.ListIds(), _facts);
        cancellation.ThrowIfCancellationRequested();
        _process.Memory.PauseBudget = new FileBudget(FileBudget.LimitInPause, mostUnanswered: 1, CancellationToken.None);
        PauseReport report;
        try
        {
            report = LastPause = _process.RunStopped(this, _needsThreadPointers || _stacks is not null, cancellation);
        }
        finally
        {
            _process.Memory.PauseBudget = null;
        }

        _log.Verbose($"Stopped {report.Threads} threads for {report.Length.TotalMicroseconds:f0} µs: "
            + $"{_pagesBefore} pages were known, {_snapshot.PageCount - _pagesBefore} more were found then.");
        if (_log.IsDebugEnabled)
        {
            _log.Debug($"Pause: {report.Stopping.TotalMicroseconds:f0} µs until all stood still, "
                + $"{report.Working.TotalMicroseconds:f0} µs of work, of which {_copying.TotalMicroseconds:f0} µs copying.");
        }

        if (!_hasWalked && _needsPython)
        {
            throw Messages.NoStack(_process.ProcessId, _process.Name);
        }

        return Decode(report, cancellation);
    }

    /// <summary>The work inside the pause.</summary>
    public void Run(in StoppedThreads threads)
    {
        long start = Stopwatch.GetTimestamp();
        _snapshot.Refresh();
        _copying = Stopwatch.GetElapsedTime(start);
        _hasWalked = _runtimes.TryWalk(_snapshot, _capture);
        _runtimes.Prefetch(_snapshot, _capture, ValuePass.Prefetch, _cancellation);
        for (int i = 0; i < threads.Count; i++)
        {
            int threadId = threads.ThreadIdAt(i);
            _stopped.Add(threadId);
            if (_needsThreadPointers && threads.TryGetRegisters(i, out ReadOnlySpan<byte> registers) && _registers.ThreadPointer(registers) is > 0 and ulong pointer)
            {
                _pointers.Add((threadId, pointer));
            }
        }

        _stacks?.Copy(in threads, _process.Memory);
    }

    public void Dispose()
    {
        _snapshot.Dispose();
        _stacks?.Dispose();
    }

    // Learns which pages the walk touches and makes room for twice as much. The first time in a process it also goes
    // through everything that the pause will do, so that nothing is compiled or bound while a target waits.
    private void Rehearse()
    {
        _snapshot.ClearAndFetch(_process.Memory.Hints);
        bool hasWalked = _runtimes.TryWalk(_snapshot, _capture);
        _runtimes.Prefetch(_snapshot, _capture, ValuePass.Rehearse, _cancellation);
        _snapshot.Note(_process.Memory.Hints);
        _snapshot.PrepareRefresh();
        if ((_warm & _kind) == 0)
        {
            WarmUp();
        }

        if (_stacks is not null)
        {
            _process.RefreshMap(_limits);
            _stacks.Prepare(_process.Map, _process.Facts.CountThreads(), _process.Memory);
        }

        _pagesBefore = _snapshot.PageCount;
        _capture.ReserveDouble();
        _runtimes.ReserveDouble();
        _stopped.Clear();
        _stopped.EnsureCapacity((_capture.Threads.Count * 2) + 64);
        _pointers.Clear();
        _needsThreadPointers = _registers.HavePthreadId && (_runtimes.LacksNativeIds || !_capture.HasThread(_innerProcessId));
        _pointers.EnsureCapacity(_needsThreadPointers ? (_capture.Threads.Count * 2) + 64 : 0);
        if (_log.IsDebugEnabled)
        {
            _log.Debug($"Rehearsal: {(hasWalked ? "complete" : "failed")}, {_capture.Threads.Count} threads, "
                + $"{_capture.Frames.Count} frames, {_pagesBefore} pages.");
        }
    }

    private void WarmUp()
    {
        PauseRunner.WarmUp(_process.Facts, _registers, this);
        _snapshot.PrepareRefresh();
        _ = Interlocked.Or(ref _warm, _kind);
    }

    private CapturedProcess Decode(PauseReport report, CancellationToken cancellation)
    {
        bool isWhole = true;
        _snapshot.IsSealed = true;
        RuntimeDecoder decoder = _runtimes.DecoderOf(_snapshot, cancellation);
        List<CapturedThread> threads = new(_capture.Threads.Count);
        foreach (RawThread thread in _capture.Threads)
        {
            cancellation.ThrowIfCancellationRequested();
            List<string> warnings = [];
            List<PythonFrame> frames = decoder.Decode(_capture, thread, warnings, out ChainEnd end);
            bool isThreadWhole = end is not (ChainEnd.Torn or ChainEnd.Unreadable);
            isWhole &= isThreadWhole;
            if (report.HasUnstoppedThread)
            {
                warnings.Add("A thread of the process was not scheduled for so long that it could not be stopped: "
                    + "if it ran during the copy, the stacks may be from different moments.");
            }

            threads.Add(CapturedThread.From(_capture, thread, frames, !report.HasUnstoppedThread && isThreadWhole, warnings));
        }

        Dictionary<ulong, int> pointers = new(_pointers.Count, AddressHash.Comparer);
        foreach ((int threadId, ulong pointer) in _pointers)
        {
            pointers[pointer] = threadId;
        }

        return new CapturedProcess(
            threads, [.. _stopped], pointers, report.StartedAt, report.Length, _capture.Finalizing != 0, _capture.IsTruncated || _snapshot.IsFull)
        {
            // A thread can be caught in the few instructions in which its evaluation loop has no frame of its own yet.
            IsWhole = isWhole,
            StoppedThreads = report.Threads,
            FactsBefore = _facts,
            NativeThreads = _stacks is null ? [] : CopiedThreads.From(_stacks, report),
            Pages = [_snapshot],
            Copy = _hasCopy ? new CapturedCopy(_snapshot, _capture, IsAsRehearsed: false) : null,
        };
    }
}
