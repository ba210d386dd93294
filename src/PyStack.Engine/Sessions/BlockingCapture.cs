using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Python.Values;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Takes the stacks of a process that stands still: rehearses on the running one, stops it, copies the pages that the
/// rehearsal touched, walks them again and fetches what is missing, lets it go, and decodes the copy.
/// </summary>
internal sealed class BlockingCapture : IPauseWork, IDisposable
{
    // Which kinds of captures this process has gone through: one bit for each.
    private static int _warm;

    private readonly LiveProcess _process;
    private readonly PythonRuntime _runtime;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly RuntimeWalker _walker;
    private readonly CodePins _pins;
    private readonly FrameVariables? _variables;
    private readonly PageSnapshot _snapshot;
    private readonly RawCapture _capture = new();
    private readonly List<(int ThreadId, ulong Pointer)> _pointers = [];
    private readonly List<int> _stopped = [];
    private readonly ThreadRegisters _registers;
    private readonly bool _needsThreadPointers;
    private readonly StackCopier? _stacks;
    private readonly bool _needsPython;
    private readonly int _kind;
    private bool _hasWalked;
    private int _pagesBefore;
    private TimeSpan _copying;
    private CancellationToken _cancellation;

    public BlockingCapture(LiveProcess process, PythonRuntime runtime, StackOptions options, IEngineLog log)
    {
        Limits limits = options.Limits;
        _process = process;
        _runtime = runtime;
        _limits = limits;
        _registers = process.Processor.Registers;
        _log = log;
        _walker = new RuntimeWalker(runtime.Layout, limits, runtime.Variables);
        _pins = new CodePins(runtime.Layout, limits);
        _variables = options.Locals is null ? null : new FrameVariables(runtime.Layout, options.Locals, limits);
        _snapshot = new PageSnapshot(process.Memory, limits);
        _stacks = options.Native == NativeMode.None ? null : new StackCopier(process.ProcessId, _registers, limits);
        _kind = 1 << ((options.Locals is null ? 0 : 1) + (options.Native == NativeMode.None ? 0 : 2));
        _needsPython = options.Native != NativeMode.AllThreads;
        _needsThreadPointers = runtime.Layout.Thread.NativeThreadId is null && _registers.HavePthreadId;
    }

    /// <summary>What the last pause cost the target.</summary>
    public PauseReport LastPause { get; private set; }

    /// <exception cref="EngineException">The process cannot be stopped, or has no stack.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the target runs.</exception>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Rehearse();
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

    /// <summary>The work inside of the pause.</summary>
    public void Run(in StoppedThreads threads)
    {
        long start = Stopwatch.GetTimestamp();
        _snapshot.Refresh();
        _copying = Stopwatch.GetElapsedTime(start);
        _hasWalked = _walker.TryWalk(_snapshot, _runtime.Address, _capture);
        Pin(ValuePass.Pin);
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

    private void Pin(ValuePass pass)
    {
        _pins.Pin(_snapshot, _capture, _cancellation);
        if (_variables is not null)
        {
            _variables.Begin(_snapshot, pass, _cancellation);
            _variables.Pin(_capture.Frames);
        }
    }

    // Learns which pages the walk touches and makes room for twice as much. The first time in a process it also goes
    // through everything that the pause will do, so that nothing is compiled or bound while a target waits.
    private void Rehearse()
    {
        _snapshot.Clear();
        bool hasWalked = _walker.TryWalk(_snapshot, _runtime.Address, _capture);
        Pin(ValuePass.Rehearse);
        _snapshot.Arrange();
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
        _pins.ReserveDouble();
        _variables?.Reserve();
        _stopped.Clear();
        _stopped.EnsureCapacity((_capture.Threads.Count * 2) + 64);
        _pointers.Clear();
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
        _snapshot.Arrange();
        _ = Interlocked.Or(ref _warm, _kind);
    }

    private CapturedProcess Decode(PauseReport report, CancellationToken cancellation)
    {
        bool isWhole = true;
        _snapshot.IsSealed = true;
        StackDecoder decoder = new(_snapshot, _runtime.Layout, _limits, _variables, cancellation);
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
                warnings.Add("A thread of the process got no processor for so long that it was not waited for: "
                    + "if it went on during the copy, the stacks may be of different moments.");
            }

            threads.Add(CapturedThread.From(_capture, thread, frames, !report.HasUnstoppedThread && isThreadWhole, warnings));
        }

        Dictionary<ulong, int> pointers = new(_pointers.Count, AddressHash.Comparer);
        foreach ((int threadId, ulong pointer) in _pointers)
        {
            pointers[pointer] = threadId;
        }

        return new CapturedProcess(
            threads, [.. _stopped], pointers, report.StartedAt, report.Length, _capture.Finalizing != 0, _capture.IsCut || _snapshot.IsFull)
        {
            // A thread can be caught in the few instructions in which its evaluation loop has no frame of its own yet.
            IsWhole = isWhole,
            NativeThreads = _stacks is null ? [] : CopiedThreads.From(_stacks, report),
        };
    }
}
