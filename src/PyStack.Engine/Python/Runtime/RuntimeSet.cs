using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;

namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// The CPythons of one process, each walked, prefetched and decoded by its own layout, into one capture. Nearly always there is one.
/// Code that runs inside the pause allocates nothing.
/// </summary>
internal sealed class RuntimeSet
{
    private readonly Limits _limits;
    private readonly RuntimeWalker[] _walkers;
    private readonly CodePrefetch[] _prefetch;
    private readonly FrameVariables?[] _variables;

    /// <param name="locals">How to show variables; null if none are requested.</param>
    public RuntimeSet(IReadOnlyList<PythonRuntime> runtimes, ValueOptions? locals, Limits limits)
    {
        Runtimes = runtimes;
        _limits = limits;
        _walkers = new RuntimeWalker[runtimes.Count];
        _prefetch = new CodePrefetch[runtimes.Count];
        _variables = new FrameVariables?[runtimes.Count];
        for (int i = 0; i < runtimes.Count; i++)
        {
            _walkers[i] = new RuntimeWalker(runtimes[i].Layout, limits, runtimes[i].Variables, i);
            _prefetch[i] = new CodePrefetch(runtimes[i].Layout, limits);
            _variables[i] = locals is null ? null : new FrameVariables(runtimes[i].Layout, locals, limits);
        }
    }

    public IReadOnlyList<PythonRuntime> Runtimes { get; }

    /// <summary>What else is read from the copy; null for nothing.</summary>
    public IRehearsed? Also { get; init; }

    /// <summary>Whether one of the versions does not have the kernel's ids of threads (to 3.10).</summary>
    public bool LacksNativeIds
    {
        get
        {
            for (int i = 0; i < Runtimes.Count; i++)
            {
                if (Runtimes[i].Layout.Thread.NativeThreadId is null)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Walks all of them. False if no interpreter of any could be read.</summary>
    public bool TryWalk(IMemorySource memory, RawCapture capture)
    {
        capture.Clear();
        for (int i = 0; i < _walkers.Length; i++)
        {
            capture.FirstFrames.Add(capture.Frames.Count);
            _ = _walkers[i].TryAdd(memory, Runtimes[i].Address, capture);
        }

        return capture.Interpreters.Count > 0;
    }

    /// <summary>Walks the interpreters alone, without their threads. False if the number of any CPython's is not the same as before, or one could not be read.</summary>
    public bool TryWalkInterpreters(IMemorySource memory, RawCapture capture)
    {
        capture.Clear();
        bool isRead = true;
        for (int i = 0; i < _walkers.Length; i++)
        {
            isRead &= _walkers[i].TryAdd(memory, Runtimes[i].Address, capture, withThreads: false);
        }

        return isRead && !capture.IsTruncated;
    }

    /// <summary>Reads a thread state of one of the CPythons alone.</summary>
    /// <inheritdoc cref="RuntimeWalker.TryReadState"/>
    public bool TryReadState(IMemorySource memory, ulong address, int runtime, out RawThread state)
        => _walkers[runtime].TryReadState(memory, address, out state);

    /// <summary>Reads which thread state follows another one in the interpreter's list.</summary>
    public bool TryReadNext(IMemorySource memory, in RawThread thread, out ulong next)
        => memory.TryReadPointer(thread.Address + (ulong)Runtimes[thread.Runtime].Layout.Thread.Next, out next);

    /// <summary>Whether a thread's version keeps the kernel's ids of threads.</summary>
    public bool HasNativeId(in RawThread thread) => Runtimes[thread.Runtime].Layout.Thread.NativeThreadId is not null;

    /// <summary>Walks only one thread, which an earlier walk has found.</summary>
    /// <inheritdoc cref="RuntimeWalker.TryWalkThread"/>
    public bool TryWalkThread(IMemorySource memory, in RawThread thread, RawCapture capture, int steps)
        => _walkers[thread.Runtime].TryWalkThread(memory, thread.Address, capture, steps);

    /// <summary>Makes sure that the copy contains everything that decoding will need.</summary>
    public void Prefetch(IPrefetchMemory copy, RawCapture capture, ValuePass pass, CancellationToken cancellation)
    {
        for (int i = 0; i < capture.FirstFrames.Count; i++)
        {
            (int first, int end) = capture.FramesOf(i);
            Prefetch(copy, i, capture.Frames, first, end, pass, cancellation);
        }

        // In the pause the pages that it needs are fetched with all others that are known.
        if (pass == ValuePass.Rehearse)
        {
            Also?.Rehearse(copy, capture, cancellation);
        }
    }

    /// <summary>The same for a walk over one thread.</summary>
    public void PrefetchThread(IPrefetchMemory copy, RawCapture capture, ValuePass pass, CancellationToken cancellation)
        => Prefetch(copy, capture.Threads[0].Runtime, capture.Frames, 0, capture.Frames.Count, pass, cancellation);

    private void Prefetch(IPrefetchMemory copy, int runtime, FrameList frames, int first, int end, ValuePass pass, CancellationToken cancellation)
    {
        _prefetch[runtime].Prefetch(copy, frames, first, end, cancellation);
        if (_variables[runtime] is FrameVariables variables)
        {
            variables.BeginPrefetch(copy, isPaused: pass == ValuePass.Prefetch, cancellation);
            variables.Prefetch(frames, first, end);
        }
    }

    /// <summary>Reserves twice the size of the last round, so that the next one allocates nothing.</summary>
    public void ReserveDouble()
    {
        for (int i = 0; i < _prefetch.Length; i++)
        {
            _prefetch[i].ReserveDouble();
            _variables[i]?.Reserve();
        }
    }

    /// <summary>Decodes the frames of a capture to names and lines, from a copy of the memory.</summary>
    public RuntimeDecoder DecoderOf(IMemorySource memory, CancellationToken cancellation)
    {
        StackDecoder[] decoders = new StackDecoder[_walkers.Length];
        for (int i = 0; i < decoders.Length; i++)
        {
            decoders[i] = new StackDecoder(memory, Runtimes[i].Layout, _limits, _variables[i], Runtimes[i].Codes, cancellation);
        }

        return new RuntimeDecoder(decoders);
    }
}

/// <summary>Decodes each thread by the layout of its own CPython.</summary>
internal sealed class RuntimeDecoder(StackDecoder[] decoders)
{
    /// <inheritdoc cref="StackDecoder.Decode"/>
    public List<PythonFrame> Decode(RawCapture capture, in RawThread thread, List<string> warnings, out ChainEnd end)
        => decoders[thread.Runtime].Decode(capture, thread, warnings, out end);
}
