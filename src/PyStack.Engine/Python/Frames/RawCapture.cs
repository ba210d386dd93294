using System;
using System.Collections.Generic;
using System.Threading;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Python.Frames;

/// <summary>Why the walk of a thread's frames ended.</summary>
internal enum ChainEnd
{
    /// <summary>At the outermost frame.</summary>
    Complete,

    /// <summary>At a frame that cannot be read.</summary>
    Unreadable,

    /// <summary>At an end that is not this thread's: the chain was read while it changed (detectable in 3.15 and later).</summary>
    Torn,

    /// <summary>At a frame that was read before: the links form a cycle.</summary>
    Cycle,

    /// <summary>At the limit of frames.</summary>
    Limit,
}

/// <summary>One frame as it is in memory, not decoded yet.</summary>
/// <param name="Address">Of the frame struct.</param>
/// <param name="Code">Of its code object.</param>
/// <param name="Instruction">Offset of the running instruction in the bytecode, in bytes; negative before the first.</param>
/// <param name="IsEntry">Whether the frame owns a C-level evaluation loop.</param>
/// <param name="IsGenerator">Whether it is a generator's or coroutine's (3.9 and later).</param>
/// <param name="Anchor">
/// Of an entry frame: an address on the C stack inside its evaluation loop's own frame, at the shim of that loop (3.12 and later); else 0.
/// </param>
/// <param name="IsSuspended">Whether it is a generator's whose own loop does not run it now (3.9 to 3.11).</param>
internal readonly record struct RawFrame(
    ulong Address, ulong Code, int Instruction, bool IsEntry, bool IsGenerator, ulong Anchor = 0, bool IsSuspended = false);

/// <summary>Where a thread state has the exception that it handles.</summary>
/// <param name="Item">The innermost <c>_PyErr_StackItem</c> (3.7 and later; else 0).</param>
/// <param name="Value">The exception, null or None for none, where the thread state itself has it: to 3.6, and later if the innermost item is the outermost; else 0.</param>
internal readonly record struct RawException(ulong Item, ulong Value);

/// <summary>One thread state. Its frames are <c>Frames[FirstFrame .. FirstFrame + FrameCount]</c>, innermost first.</summary>
internal struct RawThread
{
    public ulong Address;
    public int Interpreter;

    /// <summary>Which of the process's CPythons it belongs to.</summary>
    public int Runtime;

    public ulong PthreadId;
    public long NativeId;

    /// <summary>The interpreter that the thread state itself names.</summary>
    public ulong Owner;

    /// <summary>An address on the C stack of its innermost evaluation loop (3.10 to 3.12); 0 where none runs, or the version does not say it here.</summary>
    public ulong LoopMark;

    public RawException Exception;

    public int FirstFrame;
    public int FrameCount;
    public ChainEnd End;

    public readonly Range Frames => FirstFrame..(FirstFrame + FrameCount);
}

/// <summary>One interpreter.</summary>
internal struct RawInterpreter
{
    public ulong Address;
    public long Id;

    /// <summary>Whether its garbage collector runs; null if that is not known.</summary>
    public bool? IsCollecting;

    /// <summary>Where that is, a 4-byte int; 0 if that is not known.</summary>
    public ulong Collecting;

    /// <summary>The thread state that holds its GIL; 0 if none does.</summary>
    public ulong GilHolder;

    /// <summary>Whether <see cref="GilHolder"/> could be read at all.</summary>
    public bool IsGilKnown;

    /// <summary>Its GIL, which it may share with others; null where the version has none of that form, or its place is not known.</summary>
    public GilAddress? Gil;

    /// <summary>The newest of its thread states, at which the list begins.</summary>
    public ulong ThreadsHead;
}

/// <summary>The result of one walk: flat lists that are reused, so that a walk does not allocate.</summary>
internal sealed class RawCapture
{
    /// <summary>A larger one is not kept for the next capture. A frame is 48 bytes.</summary>
    private const int MaxFramesKept = 1 << 16;

    private static RawCapture? _spare;

    /// <summary>One that an earlier capture has filled and no longer uses, or a new one: with thousands of threads most of a capture's memory is here.</summary>
    public static RawCapture Rent() => Interlocked.Exchange(ref _spare, null) ?? new RawCapture();

    /// <summary>Keeps it for the next capture. The caller must not use it any more.</summary>
    public void Return()
    {
        if (Frames.Capacity <= MaxFramesKept)
        {
            Clear();
            Volatile.Write(ref _spare, this);
        }
    }

    public List<RawInterpreter> Interpreters { get; } = new(4);

    /// <summary>In the order of the interpreter's list: newest first.</summary>
    public List<RawThread> Threads { get; } = new(16);

    public FrameList Frames { get; } = new();

    /// <summary>Of each CPython of the process the index of its first frame.</summary>
    public List<int> FirstFrames { get; } = new(4);

    /// <summary>Frames examined in all, shims included.</summary>
    public int Steps { get; set; }

    /// <summary>The thread state that shuts the runtime down, or 0.</summary>
    public ulong Finalizing { get; set; }

    /// <summary>Whether an interpreter or thread list is incomplete: unreadable, a cycle, or too long.</summary>
    public bool IsTruncated { get; set; }

    public void Clear()
    {
        Interpreters.Clear();
        Threads.Clear();
        Frames.Clear();
        FirstFrames.Clear();
        Steps = 0;
        Finalizing = 0;
        IsTruncated = false;
    }

    /// <summary>Whether a thread state was found.</summary>
    /// <param name="address">Of the thread state.</param>
    public bool HasState(ulong address)
    {
        for (int i = 0; i < Threads.Count; i++)
        {
            if (Threads[i].Address == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a thread state has the kernel's id of a thread, as the target counts them.</summary>
    public bool HasThread(long nativeId)
    {
        for (int i = 0; i < Threads.Count; i++)
        {
            if (Threads[i].NativeId == nativeId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The frames of one CPython of the process.</summary>
    public (int First, int End) FramesOf(int runtime)
        => (FirstFrames[runtime], runtime + 1 < FirstFrames.Count ? FirstFrames[runtime + 1] : Frames.Count);

    /// <summary>Reserves twice the size, so that the next walk allocates nothing.</summary>
    public void ReserveDouble()
    {
        Interpreters.EnsureCapacity((Interpreters.Count * 2) + 4);
        Threads.EnsureCapacity((Threads.Count * 2) + 16);
        Frames.EnsureCapacity((Frames.Count * 2) + 256);
    }
}
