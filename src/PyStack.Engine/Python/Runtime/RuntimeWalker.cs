using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Runtime;

/// <summary>
/// Follows the interpreter's lists: interpreters, their threads, their frames. It runs inside the target's pause, so it
/// allocates nothing, resolves no names and decodes no text.
/// </summary>
/// <param name="variables">The version's variables outside <c>_PyRuntime</c>, if it has any.</param>
/// <param name="index">Which of the process's CPythons it is.</param>
internal sealed class RuntimeWalker(PythonLayout layout, Limits limits, RuntimeVariables variables = default, int index = 0)
{
    // struct _gil_runtime_state (internal/pycore_gil.h, 3.8 to 3.15; internal/gil.h, 3.7): interval, last_holder, locked, switch_number, each in a word of its own.
    private const ulong LastHolderInGil = 8;
    private const ulong LockedInGil = 16;
    private const ulong SwitchNumberAfterLocked = 8;

    private readonly FrameWalker _frames = new(layout, limits);
    private readonly byte[] _interpreter = new byte[layout.Interpreter.Size];
    private readonly byte[] _thread = new byte[Math.Max(layout.Thread.Size, layout.Exceptions.ThreadSize)];

    /// <summary>Walks everything below <paramref name="runtime"/>, the address of <c>_PyRuntime</c> or <c>interp_head</c>.</summary>
    /// <returns>False if not even the first interpreter could be read.</returns>
    public bool TryWalk(IMemorySource memory, ulong runtime, RawCapture capture)
    {
        capture.Clear();
        return TryAdd(memory, runtime, capture);
    }

    /// <summary>Walks everything below a runtime and adds it to a capture that holds other CPythons of the process already.</summary>
    /// <inheritdoc cref="TryWalk"/>
    /// <param name="withThreads">Whether the interpreters' threads and frames are walked, too.</param>
    public bool TryAdd(IMemorySource memory, ulong runtime, RawCapture capture, bool withThreads = true)
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
            if (withThreads)
            {
                WalkThreads(memory, Pointer(_interpreter, layout.Interpreter.ThreadsHead), capture);
            }

            interpreter = Pointer(_interpreter, layout.Interpreter.Next);
        }

        if (layout.Interpreter.Id is null)
        {
            NumberInterpreters(capture, first);
        }

        return capture.Interpreters.Count > first;
    }

    /// <summary>Walks one thread state alone; <paramref name="capture"/> then holds it and its frames and no interpreter.</summary>
    /// <param name="steps">How many frames of the capture's limit are already used.</param>
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

    /// <summary>Reads a thread state alone, without its frames; what is there may be anything.</summary>
    public bool TryReadState(IMemorySource memory, ulong address, out RawThread state)
    {
        bool isRead = memory.TryRead(address, _thread);
        state = isRead ? StateOf(address) : default;
        return isRead;
    }

    private RawThread StateOf(ulong address)
    {
        ThreadLayout at = layout.Thread;
        ulong mark = (at.CFrame ?? at.CFrameMark) is int field ? Pointer(_thread, field) : 0;
        return new RawThread
        {
            Address = address,
            Runtime = index,
            PthreadId = Pointer(_thread, at.ThreadId),
            NativeId = at.NativeThreadId is int native ? (long)Pointer(_thread, native) : 0,
            Owner = Pointer(_thread, at.Interpreter),

            // The outermost one is in the thread state itself.
            LoopMark = mark - address < FrameWalker.ThreadStateBytes ? 0 : mark,
            Exception = ExceptionOf(address),
        };
    }

    private RawException ExceptionOf(ulong address)
    {
        ExceptionLayout at = layout.Exceptions;
        if (at.Value is int value)
        {
            return new RawException(0, Pointer(_thread, value));
        }

        ulong item = Pointer(_thread, at.InnermostItem!.Value);
        int outermost = at.OutermostItem!.Value;
        return new RawException(item, item == address + (ulong)outermost ? Pointer(_thread, outermost + at.ItemValue!.Value) : 0);
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
            ThreadsHead = Pointer(_interpreter, at.ThreadsHead),
            Gil = FindGil(runtime),
        };

        if (at.GcCollecting is int collecting)
        {
            found.IsCollecting = BinaryPrimitives.ReadInt32LittleEndian(_interpreter.AsSpan(collecting)) != 0;
            found.Collecting = address + (ulong)collecting;
        }
        else if ((layout.Runtime.GcCollecting is int offset ? runtime + (ulong)offset : variables.Collecting) is ulong place
            && memory.TryRead(place, out int isCollecting))
        {
            found.IsCollecting = isCollecting != 0;
            found.Collecting = place;
        }

        if ((layout.Runtime.GilCurrentThread is int current ? runtime + (ulong)current : variables.GilHolder) is ulong holderPlace)
        {
            found.IsGilKnown = memory.TryReadPointer(holderPlace, out found.GilHolder);
        }
        else if (at.Gil is not null && found.Gil is GilAddress own)
        {
            found.IsGilKnown = GilState.TryRead(memory, own, out GilState state);
            found.GilHolder = state.IsHeld ? state.LastHolder : 0;
        }

        capture.Interpreters.Add(found);
    }

    private GilAddress? FindGil(ulong runtime)
    {
        InterpreterLayout at = layout.Interpreter;
        if (at.Gil is int gil && at.GilLocked is int locked && at.GilLastHolder is int holder)
        {
            ulong address = Pointer(_interpreter, gil);
            return address == 0 ? null : new GilAddress(address + (ulong)holder, address + (ulong)locked, address + (ulong)locked + SwitchNumberAfterLocked);
        }

        if (layout.Runtime.Gil is int offset)
        {
            ulong address = runtime + (ulong)offset;
            return new GilAddress(address + LastHolderInGil, address + LockedInGil, address + LockedInGil + SwitchNumberAfterLocked);
        }

        return variables is { GilLastHolder: ulong lastHolder, GilLocked: ulong lockedPlace, GilSwitchNumber: ulong number }
            ? new GilAddress(lastHolder, lockedPlace, number)
            : null;
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
        RawThread found = StateOf(address);
        found.Interpreter = interpreter;
        found.FirstFrame = capture.Frames.Count;
        found.End = _frames.Walk(memory, address, _thread, capture);
        found.FrameCount = capture.Frames.Count - found.FirstFrame;
        capture.Threads.Add(found);
    }
}
