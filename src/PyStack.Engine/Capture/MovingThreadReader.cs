using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Targets.Live.Procfs;

namespace PyStack.Engine.Capture;

/// <summary>
/// Reads one thread of a running process alone, in so short a time that a thread that waits only briefly may not run meanwhile. Of one that does, the state
/// and frames are read many times more: if they are the same every time, the code objects were alive while they were copied.
/// </summary>
internal sealed class MovingThreadReader : IDisposable
{
    private readonly RuntimeSet _runtimes;
    private readonly StillThreads _still;
    private readonly PageSnapshot _pages;
    private readonly StackVerifier _verifier;
    private RawCapture _frames = new();

    public MovingThreadReader(LiveProcess process, RuntimeSet runtimes, StillThreads still, Limits limits)
    {
        _runtimes = runtimes;
        _still = still;
        _pages = new PageSnapshot(process.Memory, limits);
        _verifier = new StackVerifier(runtimes, process.Memory, limits);
    }

    /// <summary>Ends the reading of many frames and values.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Reads a thread that a walk has found.</summary>
    /// <param name="capture">That walk.</param>
    /// <param name="thread">The thread.</param>
    /// <param name="steps">How many frames of the capture's limit are used by other threads.</param>
    /// <param name="moment">The thread's run count if it did not run.</param>
    /// <returns>The stack, or the outer part of it that never changed; null if there is no such thread any more.</returns>
    public CapturedThread? Read(RawCapture capture, in RawThread thread, int steps, out RunCount? moment)
    {
        int threadId = _still.ThreadIdOf(thread);
        moment = _still.CountOf(threadId);
        _pages.Clear();
        if (!_runtimes.TryWalkThread(_pages, thread, _frames, steps)
            || _frames.Threads[0].PthreadId != thread.PthreadId
            || _frames.Threads[0].NativeId != thread.NativeId)
        {
            moment = null;
            return null;
        }

        _runtimes.PrefetchThread(_pages, _frames, ValuePass.Rehearse, Cancellation);
        RawThread found = _frames.Threads[0];
        StackAgreement agreement = StackAgreement.Start(found);
        if (!_still.HasStoodStill(threadId, moment))
        {
            moment = null;
            agreement = _verifier.Verify(_frames, found, steps);
        }

        _pages.IsSealed = true;
        return Decode(capture, thread, found, agreement);
    }

    /// <summary>Returns the frames that were read last, for <see cref="IsUnchanged"/>.</summary>
    public RawCapture TakeFrames()
    {
        RawCapture frames = _frames;
        _frames = new RawCapture();
        return frames;
    }

    /// <summary>Whether a thread still has the frames that it had when they were read: each of many readings says so.</summary>
    public bool IsUnchanged(RawCapture frames, int steps) => _verifier.Verify(frames, frames.Threads[0], steps).IsWhole;

    public void Dispose()
    {
        _pages.Dispose();
        _verifier.Dispose();
    }

    private CapturedThread Decode(RawCapture capture, in RawThread thread, RawThread found, StackAgreement agreement)
    {
        RuntimeDecoder decoder = _runtimes.DecoderOf(_pages, Cancellation);
        List<string> warnings = [];
        int moving = found.FrameCount - agreement.OuterFrames;
        if (!agreement.IsWhole)
        {
            // Frames are in the order innermost first: the outer ones are the last.
            found.FirstFrame += moving;
            found.FrameCount = agreement.OuterFrames;
            found.End = ChainEnd.Complete;
        }

        List<PythonFrame> frames = decoder.Decode(_frames, found, warnings, out ChainEnd end);
        if (!agreement.IsWhole)
        {
            warnings.Add(MovedWarning);
        }

        found.Interpreter = thread.Interpreter;
        bool isCoherent = agreement.IsWhole && end is ChainEnd.Complete or ChainEnd.Limit;
        return CapturedThread.From(capture, found, frames, isCoherent, warnings) with { IsInnerEndKnown = agreement.IsWhole };
    }

    /// <summary>The warning for a thread that ran.</summary>
    public const string MovedWarning = "The thread ran while it was read: its innermost frames changed every time and are left out. "
        + "Run without -NoBlock to get the whole stack.";
}
