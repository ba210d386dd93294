using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Capture;

/// <summary>One thread state with its decoded frames, whose OS thread is not yet known.</summary>
internal sealed record CapturedThread
{
    /// <summary>The address of the thread state in the target.</summary>
    public required ulong Address { get; init; }

    public required long InterpreterId { get; init; }

    /// <summary>Which of the process's CPythons it belongs to.</summary>
    public required int Runtime { get; init; }

    /// <summary>The <c>pthread_t</c>.</summary>
    public required ulong PthreadId { get; init; }

    /// <summary>The kernel's id as the target sees it; 0 if the version does not keep it.</summary>
    public required long NativeId { get; init; }

    /// <summary>The address of its interpreter.</summary>
    public ulong Interpreter { get; init; }

    /// <summary>The GIL of its interpreter; null where the version has none of that form, or its place is not known.</summary>
    public GilAddress? GilAddress { get; init; }

    /// <summary>The exception that it handled.</summary>
    public RawException Exception { get; init; }

    public required PyGilState Gil { get; init; }

    public required bool? IsCollectingGarbage { get; init; }

    /// <summary>Whether the interpreter's garbage collector runs, in any thread; null if that is unknown.</summary>
    public required bool? IsInterpreterCollecting { get; init; }

    /// <summary>Outermost first.</summary>
    public required List<PythonFrame> Frames { get; init; }

    public required bool IsCoherent { get; init; }

    /// <summary>Whether the outermost frame is the thread's first one, and not only the last that could be read.</summary>
    public required bool IsOuterEndKnown { get; init; }

    /// <summary>Whether the innermost frame is the one that ran: false where inner frames were left out because they changed.</summary>
    public bool IsInnerEndKnown { get; init; } = true;

    public required List<string> Warnings { get; init; }

    /// <summary>Takes over what a walk found of a thread and its interpreter.</summary>
    public static CapturedThread From(
        RawCapture capture, in RawThread thread, List<PythonFrame> frames, bool isCoherent, List<string> warnings)
    {
        (PyGilState gil, bool? isCollecting) = LockState(capture, thread);
        return new CapturedThread
        {
            Address = thread.Address,
            InterpreterId = capture.Interpreters[thread.Interpreter].Id,
            Runtime = thread.Runtime,
            PthreadId = thread.PthreadId,
            NativeId = thread.NativeId,
            Interpreter = capture.Interpreters[thread.Interpreter].Address,
            GilAddress = capture.Interpreters[thread.Interpreter].Gil,
            Exception = thread.Exception,
            Gil = gil,
            IsCollectingGarbage = isCollecting,
            IsInterpreterCollecting = capture.Interpreters[thread.Interpreter].IsCollecting,
            Frames = frames,
            IsOuterEndKnown = thread.End == ChainEnd.Complete && frames.Count == thread.FrameCount,
            IsCoherent = isCoherent,
            Warnings = warnings,
        };
    }

    /// <summary>The thread's relation to its interpreter's GIL and garbage collector, from a walk.</summary>
    public static (PyGilState Gil, bool? IsCollecting) LockState(RawCapture capture, in RawThread thread)
    {
        RawInterpreter interpreter = capture.Interpreters[thread.Interpreter];
        bool isHolder = interpreter.IsGilKnown && interpreter.GilHolder == thread.Address;
        PyGilState gil = !interpreter.IsGilKnown ? PyGilState.Unknown : isHolder ? PyGilState.Held : PyGilState.NotHeld;
        return (gil, IsCollecting(interpreter, isHolder));
    }

    // The flag is the interpreter's and does not name the thread. The collector needs the GIL, but a finalizer that it calls may release it: a thread that
    // does not hold it may be the collecting one all the same.
    private static bool? IsCollecting(in RawInterpreter interpreter, bool isHolder)
        => interpreter.IsCollecting == false ? false
            : interpreter.IsCollecting == true && isHolder ? true
            : null;
}

/// <summary>All threads of one capture, in the order of the interpreters' lists, and what it cost.</summary>
/// <param name="ThreadIds">The OS threads that existed then, as we count them; empty if that is not known.</param>
/// <param name="ThreadPointers">Thread-local storage bases by thread id, where registers were read; else empty.</param>
/// <param name="IsFinalizing">Whether the runtime was shutting down.</param>
internal sealed record CapturedProcess(
    List<CapturedThread> Threads,
    IReadOnlyCollection<int> ThreadIds,
    IReadOnlyDictionary<ulong, int> ThreadPointers,
    DateTime CapturedAt,
    TimeSpan Pause,
    bool IsFinalizing,
    bool IsTruncated)
{
    /// <summary>Names, states and CPU times, by our ids, of threads that were stopped, from before that: afterwards they have a moment in which they run.</summary>
    public IReadOnlyDictionary<int, ThreadFacts> FactsBefore { get; init; } = ReadOnlyDictionary<int, ThreadFacts>.Empty;

    /// <summary>How many threads were stopped.</summary>
    public int StoppedThreads { get; init; }

    /// <summary>Whether every thread's frames were read to their end; if not, another capture may do better.</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>What was copied, for <see cref="StackOptions.Also"/>; null if nothing else is to be read. It is valid until the next capture.</summary>
    public CapturedCopy? Copy { get; init; }

    /// <summary>The copies of the target's pages, the later ones newer where both have a page; valid until the copies are used for something else. Empty of a core.</summary>
    public IReadOnlyList<PageSnapshot> Pages { get; init; } = [];

    /// <summary>The registers and stacks of OS threads, by our ids; empty unless native frames are requested.</summary>
    public IReadOnlyList<NativeThread> NativeThreads { get; init; } = [];
}
