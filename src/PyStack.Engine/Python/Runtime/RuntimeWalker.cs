using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// Follows the interpreter's lists: interpreters, their threads, their frames. It runs inside the target's pause, so it
/// allocates nothing, looks nothing up and decodes no text.
/// </summary>
/// <param name="variables">What the version keeps outside of <c>_PyRuntime</c>, if it does.</param>
/// <param name="index">Which of the process's CPythons it is.</param>
internal sealed class RuntimeWalker(PythonLayout layout, Limits limits, RuntimeVariables variables = default, int index = 0)
{
    private readonly FrameWalker _frames = new(layout, limits);
    private readonly byte[] _interpreter = new byte[layout.Interpreter.Size];
    private readonly byte[] _thread = new byte[layout.Thread.Size];

    /// <summary>Walks everything below <paramref name="runtime"/>, the address of <c>_PyRuntime</c> or <c>interp_head</c>.</summary>
    /// <returns>False if not even the first interpreter could be read.</returns>
    public bool TryWalk(IMemorySource memory, ulong runtime, RawCapture capture)
    {
        capture.Clear();
        return TryAdd(memory, runtime, capture);
    }

    /// <summary>Walks everything below a runtime and adds it to a capture that holds other CPythons of the process already.</summary>
    /// <inheritdoc cref="TryWalk"/>
    public bool TryAdd(IMemorySource memory, ulong runtime, RawCapture capture)
    {
        int first = capture.Interpreters.Count;
        if (!memory.TryReadPointer(runtime + (ulong)layout.Runtime.InterpretersHead, out ulong interpreter))
        {
            return false;
        }

        if ((layout.Runtime.Finalizing is int offset ? runtime + (ulong)offset : variables.Finalizing) is ulong place
            && memory.TryReadPointer(place, out ulong finalizing)
            && finalizing != 0)
        {
            capture.Finalizing = finalizing;
        }

        CycleGuard guard = default;
        while (interpreter != 0)
        {
            if (!guard.TryStep(interpreter)
                || capture.Interpreters.Count >= limits.Interpreters
                || !memory.TryRead(interpreter, _interpreter))
            {
                capture.IsTruncated = true;
                break;
            }

            AddInterpreter(memory, runtime, interpreter, capture);
            WalkThreads(memory, Pointer(_interpreter, layout.Interpreter.ThreadsHead), capture);
            interpreter = Pointer(_interpreter, layout.Interpreter.Next);
        }

        if (layout.Interpreter.Id is null)
        {
            NumberInterpreters(capture, first);
        }

        return capture.Interpreters.Count > first;
    }

    /// <summary>Walks one thread state alone; <paramref name="capture"/> then holds it and its frames and no interpreter.</summary>
    /// <param name="steps">How many frames of the capture's bound are used up already.</param>
    public bool TryWalkThread(IMemorySource memory, ulong thread, RawCapture capture, int steps = 0)
    {
        capture.Clear();
        capture.Steps = steps;
        if (!memory.TryRead(thread, _thread))
        {
            return false;
        }

        AddThread(memory, thread, interpreter: -1, capture);
        return true;
    }

    private static ulong Pointer(ReadOnlySpan<byte> data, int offset)
        => BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]);

    private void AddInterpreter(IMemorySource memory, ulong runtime, ulong address, RawCapture capture)
    {
        InterpreterLayout at = layout.Interpreter;
        RawInterpreter found = new()
        {
            Address = address,
            Id = at.Id is int id ? (long)Pointer(_interpreter, id) : 0,
        };

        if (at.GcCollecting is int collecting)
        {
            found.IsCollecting = BinaryPrimitives.ReadInt32LittleEndian(_interpreter.AsSpan(collecting)) != 0;
        }
        else if ((layout.Runtime.GcCollecting is int offset ? runtime + (ulong)offset : variables.Collecting) is ulong place
            && memory.TryRead(place, out int isCollecting))
        {
            found.IsCollecting = isCollecting != 0;
        }

        if ((layout.Runtime.GilCurrentThread is int current ? runtime + (ulong)current : variables.GilHolder) is ulong holderPlace)
        {
            found.IsGilKnown = memory.TryReadPointer(holderPlace, out found.GilHolder);
        }
        else if (at.Gil is int gil && at.GilLocked is int locked && at.GilLastHolder is int holder)
        {
            ulong gilAddress = Pointer(_interpreter, gil);
            found.IsGilKnown = memory.TryRead(gilAddress + (ulong)locked, out int isLocked)
                && memory.TryReadPointer(gilAddress + (ulong)holder, out found.GilHolder);
            if (isLocked != 1)
            {
                found.GilHolder = 0;
            }
        }

        capture.Interpreters.Add(found);
    }

    // Where interpreters have no ids they are counted from the oldest, as later versions do; the list begins with the newest.
    private static void NumberInterpreters(RawCapture capture, int first)
    {
        for (int i = first; i < capture.Interpreters.Count; i++)
        {
            RawInterpreter interpreter = capture.Interpreters[i];
            interpreter.Id = capture.Interpreters.Count - 1 - i;
            capture.Interpreters[i] = interpreter;
        }
    }

    private void WalkThreads(IMemorySource memory, ulong thread, RawCapture capture)
    {
        ThreadLayout at = layout.Thread;
        ulong interpreter = capture.Interpreters[^1].Address;
        CycleGuard guard = default;
        while (thread != 0)
        {
            if (!guard.TryStep(thread)
                || capture.Threads.Count >= limits.Threads
                || !memory.TryRead(thread, _thread)
                || Pointer(_thread, at.Interpreter) != interpreter)
            {
                capture.IsTruncated = true;
                return;
            }

            AddThread(memory, thread, capture.Interpreters.Count - 1, capture);
            thread = Pointer(_thread, at.Next);
        }
    }

    private void AddThread(IMemorySource memory, ulong address, int interpreter, RawCapture capture)
    {
        RawThread found = new()
        {
            Address = address,
            Interpreter = interpreter,
            Runtime = index,
            PthreadId = Pointer(_thread, layout.Thread.ThreadId),
            NativeId = layout.Thread.NativeThreadId is int native ? (long)Pointer(_thread, native) : 0,
            FirstFrame = capture.Frames.Count,
        };
        found.End = _frames.Walk(memory, address, _thread, capture);
        found.FrameCount = capture.Frames.Count - found.FirstFrame;
        capture.Threads.Add(found);
    }
}
