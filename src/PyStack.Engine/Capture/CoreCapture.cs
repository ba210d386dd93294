using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Saved;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture;

/// <summary>Takes the stacks of a core: nothing changes in it, so one walk is enough.</summary>
internal sealed class CoreCapture(ITarget core, IReadOnlyList<PythonRuntime> runtimes, StackOptions options) : ICaptureSource
{
    private readonly RuntimeSet _runtimes = new(runtimes, options.Locals, options.Limits);

    public CaptureMode Mode => CaptureMode.Core;

    public bool CanRetry => false;

    public PauseReport? LastPause => null;

    public PageSnapshot? IdlePages => null;

    public void Dispose()
    {
        // The core belongs to the session.
    }

    /// <exception cref="EngineException">It has no stack.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public CapturedProcess Capture(CancellationToken cancellation)
    {
        RawCapture capture = new();
        List<CapturedThread> threads = [];
        if (runtimes.Count > 0 && Walk(capture))
        {
            RuntimeDecoder decoder = _runtimes.DecoderOf(core.Memory, cancellation);
            foreach (RawThread thread in capture.Threads)
            {
                cancellation.ThrowIfCancellationRequested();
                List<string> warnings = [];
                List<PythonFrame> frames = decoder.Decode(capture, thread, warnings, out _);
                SavedState? saved = core.Saved?.StateOf(thread.Address);
                warnings.AddRange(saved?.Warnings ?? []);
                threads.Add(CapturedThread.From(capture, thread, frames, saved?.IsCoherent ?? true, warnings));
            }
        }

        IReadOnlyList<int> ids = core.Threads.ListIds();
        List<NativeThread> natives = [];
        Dictionary<ulong, int> pointers = new(AddressHash.Comparer);
        foreach (int threadId in ids)
        {
            // Where the registers do not have it, PthreadIds finds the id in struct pthread.
            if (core.Threads.TryGetPthreadId(threadId, out ulong pointer))
            {
                pointers[pointer] = threadId;
            }

            RegisterSet registers = default;
            // A core that PyStack has saved has the stacks of the threads whose registers it got.
            if (options.Native != NativeMode.None && core.Saved?.ThreadOf(threadId)?.HasStack != false && core.Threads.TryReadRegisters(threadId, ref registers))
            {
                natives.Add(new NativeThread(threadId, registers, core.Memory, NativeMoment.SameAsPython));
            }
        }

        return new CapturedProcess(threads, ids, pointers, core.FrozenAt ?? DateTime.UtcNow, core.Saved?.Pause ?? TimeSpan.Zero, capture.Finalizing != 0, capture.IsTruncated)
        {
            StoppedThreads = core.Saved?.Process.StoppedThreads ?? 0,
            NativeThreads = natives,
            Copy = options.Also is null ? null : new CapturedCopy(core.Memory, capture, IsAsRehearsed: false),
        };
    }

    private bool Walk(RawCapture capture)
    {
        if (_runtimes.TryWalk(core.Memory, capture))
        {
            return true;
        }

        return options.Native != NativeMode.AllThreads ? throw Messages.NoStack(core.ProcessId, core.Name, isCore: true) : false;
    }
}
