using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Frames;

/// <summary>Follows the frames of a stack from its root. Runs inside the target's pause.</summary>
internal sealed partial class FrameWalker(PythonLayout layout, Limits limits)
{
    /// <summary>FRAME_OWNED_BY_GENERATOR (internal/pycore_frame.h, 3.11; pycore_interpframe_structs.h from 3.14).</summary>
    private const byte OwnedByGenerator = 1;

    /// <summary>More bytes than a thread state of 3.11 or 3.12 has.</summary>
    public const ulong ThreadStateBytes = 4096;

    private readonly byte[] _frame = new byte[layout.Frame.Size];

    /// <summary>Adds a thread's frames, innermost first; shims are left out.</summary>
    /// <param name="address">Of the thread state.</param>
    /// <param name="thread">Its bytes.</param>
    public ChainEnd Walk(IMemorySource memory, ulong address, ReadOnlySpan<byte> thread, RawCapture capture)
    {
        if (!TryFindInnermost(memory, thread, out ulong frame, out ulong? outside))
        {
            return ChainEnd.Unreadable;
        }

        int first = capture.Frames.Count;
        ChainEnd end = Follow(memory, frame, outside, capture, out ulong last, out bool isLinked);
        if (!isLinked)
        {
            capture.Frames.Truncate(first);
            end = Follow(memory, outside!.Value, outside: null, capture, out last, out _);
        }

        if (end != ChainEnd.Complete)
        {
            return end;
        }

        if (capture.Frames.Count == first && IsInsideLoop(address, thread))
        {
            return ChainEnd.Torn;
        }

        bool isWhole = layout.Thread.BaseFrame is not int baseFrame || IsOutermost(memory, last, BinaryPrimitives.ReadUInt64LittleEndian(thread[baseFrame..]));
        return isWhole ? ChainEnd.Complete : ChainEnd.Torn;
    }

    // Where greenlet has begun a stack of its own, its first evaluation loop has no frame outside of it: the chain ends at the loop's shim, which runs the same (nothing) as the sentinel.
    private bool IsOutermost(IMemorySource memory, ulong last, ulong baseFrame)
        => last == baseFrame || (last != 0 && IsShim() && memory.TryReadPointer(baseFrame + (ulong)layout.Frame.Code, out ulong code) && Word(layout.Frame.Code) == code);

    /// <summary>Reads one frame by its address.</summary>
    public bool TryReadFrame(IMemorySource memory, ulong address, out RawFrame frame)
    {
        bool isRead = memory.TryRead(address, _frame);
        frame = isRead ? ReadFrame(memory, address) : default;
        return isRead;
    }

    // In 3.11 and 3.12 an evaluation loop is registered a few instructions before it has a current frame: what is
    // there then is an old value of the C stack. A frame that belongs there leads, at the end of the loop's own frames, to the
    // frame outside it; one that does not is not linked.
    private ChainEnd Follow(
        IMemorySource memory, ulong frame, ulong? outside, RawCapture capture, out ulong last, out bool isLinked)
    {
        FrameLayout at = layout.Frame;
        CycleGuard guard = default;
        int first = capture.Frames.Count;
        int steps = 0;
        last = 0;
        isLinked = outside is null;
        while (frame != 0)
        {
            last = frame;
            if (!guard.TryStep(frame))
            {
                return ChainEnd.Cycle;
            }

            // Shims are counted as well: a chain of shims only must also end.
            if (steps++ >= limits.FramesPerThread || capture.Steps++ >= limits.FramesInAll)
            {
                isLinked = true;
                return ChainEnd.Limit;
            }

            if (!memory.TryRead(frame, _frame))
            {
                return ChainEnd.Unreadable;
            }

            bool isShim = IsShim();
            ulong previous = Word(at.Previous);
            if (!isLinked && (at.IsEntry is int entry ? _frame[entry] != 0 : isShim))
            {
                if (previous != outside)
                {
                    return ChainEnd.Torn;
                }

                isLinked = true;
            }

            if (isShim)
            {
                MarkEntry(capture, first, frame);
            }
            else
            {
                capture.Frames.Add(ReadFrame(memory, frame));
            }

            frame = previous;
        }

        if (at.FirstShimOwner is not null)
        {
            MarkEntry(capture, first, 0);
        }

        return ChainEnd.Complete;
    }

    /// <param name="outside">The innermost frame outside the current evaluation loop, if the version has it (3.11 and 3.12).</param>
    private bool TryFindInnermost(IMemorySource memory, ReadOnlySpan<byte> thread, out ulong frame, out ulong? outside)
    {
        outside = null;
        ThreadLayout at = layout.Thread;
        if (at.CurrentFrame is int current)
        {
            frame = BinaryPrimitives.ReadUInt64LittleEndian(thread[current..]);
            return true;
        }

        if (at.CFrame is int cframe && at.CFrameCurrentFrame is int inCFrame)
        {
            ulong address = BinaryPrimitives.ReadUInt64LittleEndian(thread[cframe..]);
            if (!memory.TryReadPointer(address + (ulong)inCFrame, out frame))
            {
                return false;
            }

            // _PyCFrame.previous is after current_frame (cpython/pystate.h); the outermost one has none.
            if (memory.TryReadPointer(address + (ulong)inCFrame + sizeof(ulong), out ulong previous)
                && previous != 0
                && memory.TryReadPointer(previous + (ulong)inCFrame, out ulong callers))
            {
                outside = callers;
            }

            return true;
        }

        frame = BinaryPrimitives.ReadUInt64LittleEndian(thread[at.Frame!.Value..]);
        return true;
    }

    // In 3.11 and 3.12 only the outermost _PyCFrame, which is in the thread state itself, has no current frame: an
    // evaluation loop's own has, except in its very first instructions.
    private bool IsInsideLoop(ulong address, ReadOnlySpan<byte> thread)
        => layout.Thread.CFrame is int cframe
            && BinaryPrimitives.ReadUInt64LittleEndian(thread[cframe..]) - address >= ThreadStateBytes;

    // Targets are little-endian, and so are the processors that we run on. The framework's readers are not used, since they are calls in a
    // ReadyToRun image; the layout's own sizes guarantee the offset, and the indexer its first byte.
    private ulong Word(int offset) => Unsafe.ReadUnaligned<ulong>(ref _frame[offset]);

    private bool IsShim()
        => layout.Frame.FirstShimOwner is int first && _frame[layout.Frame.Owner!.Value] >= first;

    private RawFrame ReadFrame(IMemorySource memory, ulong address)
    {
        FrameLayout at = layout.Frame;
        ulong code = Word(at.Code) & ~at.CodeTagMask;
        int instruction;
        if (at.InstructionPointer is int pointer)
        {
            ulong bytecode = BytecodeOf(memory, code);
            long offset = (long)(Word(pointer) - bytecode);
            instruction = offset < -2 ? -2 : offset > int.MaxValue ? int.MaxValue : (int)offset;
        }
        else
        {
            int last = BinaryPrimitives.ReadInt32LittleEndian(_frame.AsSpan(at.LastInstruction!.Value));
            instruction = (int)Math.Clamp((long)last * at.LastInstructionUnit!.Value, -2, int.MaxValue);
        }

        // Before 3.11 every frame has an evaluation loop of its own; 3.11 says so in the frame; later it is followed by a shim.
        bool isEntry = at.IsEntry is int entry ? _frame[entry] != 0 : at.FirstShimOwner is null;
        bool isGenerator = at.Owner is int owner ? _frame[owner] == OwnedByGenerator : at.Generator is int generator && Word(generator) != 0;
        return new RawFrame(address, code, instruction, isEntry, isGenerator, IsSuspended: isGenerator && IsStackSaved());
    }

    // A running frame has no saved stack top, except while a trace function is called.
    private bool IsStackSaved()
        => layout.Frame.StackTop is int top ? Word(top) != 0
            : layout.Frame.StackDepth is int depth && BinaryPrimitives.ReadInt32LittleEndian(_frame.AsSpan(depth)) >= 0;

    // A free-threaded interpreter gives each thread its own copy of the bytecode to specialise.
    private ulong BytecodeOf(IMemorySource memory, ulong code)
    {
        ulong own = code + (ulong)layout.Code.Bytecode!.Value;
        if (layout.Frame.BytecodeIndex is not int index || layout.Code.BytecodeCopies is not int copies)
        {
            return own;
        }

        int copy = BinaryPrimitives.ReadInt32LittleEndian(_frame.AsSpan(index));
        return copy > 0
            && memory.TryReadPointer(code + (ulong)copies, out ulong array)
            && memory.TryReadPointer(array, out ulong count)
            && (ulong)copy < count
            && memory.TryReadPointer(array + sizeof(ulong) + ((ulong)copy * sizeof(ulong)), out ulong bytecode)
                ? bytecode
                : own;
    }

    // The frame inside a shim, or the outermost one, was entered from C. The outermost shim of some versions is in the thread state.
    private static void MarkEntry(RawCapture capture, int first, ulong shim)
    {
        int last = capture.Frames.Count - 1;
        if (last >= first && !capture.Frames[last].IsEntry)
        {
            capture.Frames[last] = capture.Frames[last] with { IsEntry = true, Anchor = shim };
        }
    }
}
