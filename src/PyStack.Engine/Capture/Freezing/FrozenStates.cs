using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Capture.Freezing;

/// <summary>
/// The thread states of the threads that are stopped, in a copy of their own: of all that a process has, only these can have changed since the rest was
/// read. Inside of the pause nothing is allocated as long as no stack has grown to more than twice its size.
/// </summary>
internal sealed class FrozenStates(IMemorySource memory, IReadOnlyList<PythonRuntime> runtimes, ValueOptions? locals, Limits limits) : IDisposable
{
    private readonly RuntimeSet _runtimes = new(runtimes, locals, limits);
    private readonly PageSnapshot _pages = new(memory, limits);
    private readonly List<RawCapture> _frames = [];
    private readonly List<int> _indices = [];
    private int _steps;

    /// <summary>The interpreters as they are now, without their threads.</summary>
    public RawCapture Interpreters { get; } = new();

    public IMemorySource Memory => _pages;

    public PageSnapshot Pages => _pages;

    public int Count => _indices.Count;

    public int PageCount => _pages.PageCount;

    /// <summary>Whether decoding has asked for memory that was not copied.</summary>
    public bool HasMissed => _pages.HasMissed;

    /// <summary>Which of the capture's threads a state is.</summary>
    public int IndexAt(int state) => _indices[state];

    /// <summary>The walk over one state.</summary>
    public RawCapture FramesAt(int state) => _frames[state];

    /// <summary>Learns which pages the states need and makes room for twice as many, while the process runs.</summary>
    /// <param name="capture">A walk over the whole process.</param>
    /// <param name="isWanted">Which of its threads to take.</param>
    public void Rehearse(RawCapture capture, Predicate<RawThread> isWanted, CancellationToken cancellation)
    {
        _indices.Clear();
        _pages.Clear();
        _steps = capture.Steps;
        _ = _runtimes.TryWalkInterpreters(_pages, Interpreters);
        for (int i = 0; i < capture.Threads.Count; i++)
        {
            if (!isWanted(capture.Threads[i]))
            {
                continue;
            }

            _indices.Add(i);
            _ = IsLinked(capture, i);
            if (_frames.Count < _indices.Count)
            {
                _frames.Add(new RawCapture());
            }

            RawCapture frames = _frames[_indices.Count - 1];
            _steps -= capture.Threads[i].FrameCount;
            if (_runtimes.TryWalkThread(_pages, capture.Threads[i], frames, 0))
            {
                _runtimes.PrefetchThread(_pages, frames, ValuePass.Rehearse, cancellation);
            }

            frames.ReserveDouble();
        }

        _steps = Math.Max(0, _steps);
        Interpreters.ReserveDouble();
        _runtimes.ReserveDouble();
        _pages.PrepareRefresh();
    }

    /// <summary>Copies them again, inside the pause.</summary>
    /// <param name="capture">The walk that they were found in.</param>
    /// <returns>Whether they, and the lists of interpreters and threads, are still the same ones.</returns>
    public bool TryRead(RawCapture capture, CancellationToken cancellation)
    {
        _pages.Refresh();
        bool isSame = _runtimes.TryWalkInterpreters(_pages, Interpreters) && HasSameLists(Interpreters, capture);
        for (int i = 0; i < _indices.Count; i++)
        {
            RawThread before = capture.Threads[_indices[i]];
            RawCapture frames = _frames[i];
            if (!_runtimes.TryWalkThread(_pages, before, frames, _steps))
            {
                isSame = false;
                continue;
            }

            RawThread now = frames.Threads[0];
            isSame &= IsLinked(capture, _indices[i]) && now.PthreadId == before.PthreadId && now.NativeId == before.NativeId && now.Owner == before.Owner;
            _runtimes.PrefetchThread(_pages, frames, ValuePass.Prefetch, cancellation);
        }

        return isSame && !_pages.IsFull;
    }

    // The memory of a state that has been taken out of its list may still say what it was. The first one of a list is compared with the interpreter's.
    private bool IsLinked(RawCapture capture, int index)
        => index == 0
            || capture.Threads[index - 1].Interpreter != capture.Threads[index].Interpreter
            || (_runtimes.TryReadNext(_pages, capture.Threads[index - 1], out ulong next) && next == capture.Threads[index].Address);

    /// <summary>Whether a process has the same interpreters, and each the same newest thread.</summary>
    public static bool HasSameLists(RawCapture one, RawCapture other)
    {
        bool isSame = one.Interpreters.Count == other.Interpreters.Count && one.Finalizing == other.Finalizing;
        for (int i = 0; isSame && i < one.Interpreters.Count; i++)
        {
            isSame = one.Interpreters[i].Address == other.Interpreters[i].Address && one.Interpreters[i].ThreadsHead == other.Interpreters[i].ThreadsHead;
        }

        return isSame;
    }

    /// <summary>Whether the frames are those that the walk over the whole process found.</summary>
    public bool HaveSameFrames(RawCapture capture)
    {
        for (int i = 0; i < _indices.Count; i++)
        {
            RawThread before = capture.Threads[_indices[i]];
            RawThread now = _frames[i].Threads[0];
            bool isSame = before.FrameCount == now.FrameCount;
            for (int frame = 0; isSame && frame < now.FrameCount; frame++)
            {
                isSame = capture.Frames[before.FirstFrame + frame] == _frames[i].Frames[now.FirstFrame + frame];
            }

            if (!isSame)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Ends the copying: the copy is of the pause.</summary>
    public RuntimeDecoder Seal(CancellationToken cancellation)
    {
        _pages.IsSealed = true;
        return _runtimes.DecoderOf(_pages, cancellation);
    }

    public void Dispose() => _pages.Dispose();
}
