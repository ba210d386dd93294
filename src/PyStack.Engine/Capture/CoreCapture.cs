using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Targets.Live.Stopping;

namespace PyStack.Engine.Capture;

/// <summary>Takes the stacks of a core: nothing moves in it, so one walk is enough.</summary>
internal sealed class CoreCapture(CoreProcess core, IReadOnlyList<PythonRuntime> runtimes, StackOptions options) : ICaptureSource
{
    private readonly RuntimeSet _runtimes = new(runtimes, options.Locals, options.Limits);

    public CaptureMode Mode => CaptureMode.Core;

    public bool CanRetry => false;

    public PauseReport? LastPause => null;

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
                threads.Add(CapturedThread.From(capture, thread, frames, isCoherent: true, warnings));
            }
        }

        ThreadRegisters layout = core.Processor.Registers;
        List<int> ids = [];
        List<NativeThread> natives = [];
        Dictionary<ulong, int> pointers = new(AddressHash.Comparer);
        foreach (CoreThread thread in core.Notes.Threads)
        {
            ids.Add(thread.ThreadId);

            // On x86-64 the thread pointer is the pthread_t itself. On aarch64 it stands behind struct pthread, whose size is libc's own affair: PthreadIds finds the id in the struct.
            if (layout.ThreadPointer(thread.Registers) is > 0 and ulong pointer)
            {
                pointers[pointer] = thread.ThreadId;
            }

            RegisterSet registers = default;
            if (options.Native != NativeMode.None && layout.TryDecode(thread.Registers, ref registers))
            {
                natives.Add(new NativeThread(thread.ThreadId, registers, core.Memory, NativeMoment.SameAsPython));
            }
        }

        return new CapturedProcess(threads, ids, pointers, core.WrittenAt, TimeSpan.Zero, capture.Finalizing != 0, capture.IsTruncated) { NativeThreads = natives };
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
