using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python;
using PyStack.Engine.Python.Values;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Targets.Live;

namespace PyStack.Engine.Sessions;

/// <summary>
/// Takes the stacks of a process that runs on: walks it, copies and walks it again with all that decoding wants, and
/// then reads each thread's moving part (its state and frames) many times more. A thread whose frames were the same from
/// the first walk to the last is coherent, and its code objects were alive while they were copied in between. Another is looked
/// at again; in the end it keeps the outer frames that never changed, and a warning.
/// </summary>
internal sealed class NonBlockingCapture : IDisposable
{
    private const int MinAttempts = 5;
    private const int MaxAttempts = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly LiveProcess _process;
    private readonly PythonRuntime _runtime;
    private readonly Limits _limits;
    private readonly IEngineLog _log;
    private readonly RuntimeWalker _walker;
    private readonly CodePins _pins;
    private readonly FrameVariables? _variables;
    private readonly PageSnapshot _pages;
    private readonly StackVerifier _verifier;
    private readonly NonBlockingNative? _native;
    private readonly bool _needsPython;
    private readonly RawCapture _before = new();
    private readonly RawCapture _capture = new();
    private readonly Dictionary<ThreadKey, int> _indexBefore = [];
    private readonly Dictionary<ThreadKey, CapturedThread> _coherent = [];
    private readonly List<StackAgreement> _agreements = [];
    private CancellationToken _cancellation;

    public NonBlockingCapture(LiveProcess process, PythonRuntime runtime, StackOptions options, IEngineLog log)
    {
        Limits limits = options.Limits;
        _native = options.Native == NativeMode.None ? null : new NonBlockingNative(process, limits);
        _needsPython = options.Native != NativeMode.AllThreads;
        _process = process;
        _runtime = runtime;
        _limits = limits;
        _log = log;
        _walker = new RuntimeWalker(runtime.Layout, limits, runtime.Variables);
        _pins = new CodePins(runtime.Layout, limits);
        _variables = options.Locals is null ? null : new FrameVariables(runtime.Layout, options.Locals, limits);
        _pages = new PageSnapshot(process.Memory, limits);
        _verifier = new StackVerifier(_walker, process.Memory, limits);
    }

    /// <exception cref="EngineException">The process has no stack.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        DateTime startedAt = DateTime.UtcNow;
        long start = Stopwatch.GetTimestamp();
        _cancellation = cancellation;
        _coherent.Clear();
        _pages.Clear();
        _ = TryWalk(_before);
        for (int attempt = 1; ; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            _native?.Begin();
            bool hasWalked = TryRefresh(_before) && TryRefresh(_capture);
            bool isDone = hasWalked && VerifyAll(cancellation) && !_capture.IsCut;

            // Where threads come and go, a list may break off at one that has just gone: that is no end to be content with.
            bool isLate = attempt >= MinAttempts && Stopwatch.GetElapsedTime(start) > Patience;
            if (isDone || attempt >= MaxAttempts || (isLate && hasWalked && _capture.Threads.Count > 0))
            {
                _log.Verbose($"Read without a stop in {attempt} attempts: {_coherent.Count} of {_capture.Threads.Count} threads stood still.");
                return hasWalked || !_needsPython
                    ? Finish(startedAt) with { NativeThreads = _native?.Sample(cancellation) ?? [] }
                    : throw Messages.NoStack(_process.ProcessId, _process.Name);
            }
        }
    }

    public void Dispose()
    {
        _pages.Dispose();
        _verifier.Dispose();
    }

    private void Pin(RawCapture capture)
    {
        _pins.Pin(_pages, capture, _cancellation);
        if (_variables is not null)
        {
            _variables.Begin(_pages, ValuePass.Rehearse, _cancellation);
            _variables.Pin(capture.Frames);
        }
    }

    private bool TryRefresh(RawCapture capture)
    {
        _pages.Arrange();
        _pages.Refresh();
        return TryWalk(capture);
    }

    private bool TryWalk(RawCapture capture)
    {
        bool hasWalked = _walker.TryWalk(_pages, _runtime.Address, capture);
        Pin(capture);
        return hasWalked;
    }

    // Decodes at once what agrees: the copy is of this moment, and the next attempt makes a new one.
    private bool VerifyAll(CancellationToken cancellation)
    {
        _indexBefore.Clear();
        for (int i = 0; i < _before.Threads.Count; i++)
        {
            _indexBefore[new ThreadKey(_before.Threads[i])] = i;
        }

        _agreements.Clear();
        bool isDone = true;
        StackDecoder decoder = new(_pages, _runtime.Layout, _limits, _variables, cancellation);
        foreach (RawThread thread in _capture.Threads)
        {
            cancellation.ThrowIfCancellationRequested();
            ThreadKey key = new(thread);
            if (_coherent.ContainsKey(key))
            {
                _agreements.Add(default);
                continue;
            }

            StackAgreement agreement = _indexBefore.TryGetValue(key, out int index)
                ? StackAgreement.Of(_before, _before.Threads[index], _capture, thread)
                : default;
            if (agreement != default)
            {
                agreement = agreement.With(_verifier.Verify(_capture, thread));
            }

            _agreements.Add(agreement);
            isDone &= agreement.IsWhole;
            if (agreement.IsWhole)
            {
                List<string> warnings = [];
                List<PythonFrame> frames = decoder.Decode(_capture, thread, warnings, out _);
                _coherent.Add(key, CapturedThread.From(_capture, thread, frames, isCoherent: warnings.Count == 0, warnings));
            }
        }

        return isDone;
    }

    private CapturedProcess Finish(DateTime startedAt)
    {
        StackDecoder decoder = new(_pages, _runtime.Layout, _limits, _variables);
        List<CapturedThread> threads = new(_capture.Threads.Count);
        for (int i = 0; i < _capture.Threads.Count; i++)
        {
            RawThread thread = _capture.Threads[i];
            if (_coherent.TryGetValue(new ThreadKey(thread), out CapturedThread? known))
            {
                // The lock goes from thread to thread: one moment must tell of all, or two seem to hold it.
                (PyGilState gil, bool? isCollecting) = CapturedThread.LockState(_capture, thread);
                threads.Add(known with { Gil = gil, IsCollectingGarbage = isCollecting });
                continue;
            }

            threads.Add(OuterPart(decoder, thread, i < _agreements.Count ? _agreements[i].OuterFrames : 0));
        }

        return new CapturedProcess(
            threads,
            [],
            new Dictionary<ulong, int>(),
            startedAt,
            TimeSpan.Zero,
            _capture.Finalizing != 0,
            _capture.IsCut || _pages.IsFull);
    }

    // Frames stand innermost first: the outer ones are the last.
    private CapturedThread OuterPart(StackDecoder decoder, RawThread thread, int kept)
    {
        int moving = thread.FrameCount - kept;
        thread.FirstFrame += moving;
        thread.FrameCount = kept;
        thread.End = ChainEnd.Complete;
        List<string> warnings = [];
        List<PythonFrame> frames = decoder.Decode(_capture, thread, warnings, out _);
        warnings.Add("The thread ran while it was read: its innermost frames changed every time and are left out. "
            + "Without -NoBlock the whole stack can be had.");
        return CapturedThread.From(_capture, thread, frames, isCoherent: false, warnings);
    }

    /// <summary>The memory of a thread state may serve another thread a moment later; its ids tell.</summary>
    private readonly record struct ThreadKey(ulong Address, ulong PthreadId, long NativeId)
    {
        public ThreadKey(in RawThread thread)
            : this(thread.Address, thread.PthreadId, thread.NativeId)
        {
        }

        public override int GetHashCode() => (int)(AddressHash.Of(Address) ^ AddressHash.Of(PthreadId + (ulong)NativeId));
    }
}
