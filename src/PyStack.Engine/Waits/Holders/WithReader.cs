using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Waits.Reasons;

namespace PyStack.Engine.Waits.Holders;

/// <summary>What a <c>with</c> statement will call at its end.</summary>
/// <param name="Function">0 where it is known only what it is bound to.</param>
/// <param name="Self">What it is bound to: the context manager.</param>
internal readonly record struct ExitCall(ulong Function, ulong Self);

/// <summary>
/// Finds the <c>with</c> statements in whose bodies a frame is, by what they have left on its value stack. No value is guessed: a body begins after <c>__enter__</c> has returned, and ends before
/// <c>__exit__</c> is called.
/// </summary>
internal sealed class WithReader(PythonReader python)
{
    /// <summary>CO_MAXBLOCKS (code.h)</summary>
    private const int MaxBlocks = 20;

    /// <summary>sizeof(PyTryBlock): type, handler, level.</summary>
    private const int BlockSize = 3 * sizeof(int);
    private const int BlockLevel = 2 * sizeof(int);

    /// <summary>Larger frames are not examined.</summary>
    private const int MaxFrame = 1 << 16;

    private readonly FrameWalker _walker = new(python.Layout, python.Limits);
    private readonly Dictionary<ulong, WithCode?> _codes = new(AddressHash.Comparer);
    private readonly Dictionary<CodeObject, WithCode?> _captured = new(ReferenceEqualityComparer.Instance);
    private readonly List<int> _depths = [];

    /// <summary>Whether a captured frame may be in the body of one, by its code alone: most are not, and are not read again.</summary>
    public bool MayBeInside(PythonFrame frame)
    {
        if (!_captured.TryGetValue(frame.Code, out WithCode? code))
        {
            code = CodeOf(frame.Address, python.Memory);
            _captured.Add(frame.Code, code);
        }

        if (code is null || frame.Instruction < 0)
        {
            return false;
        }

        _depths.Clear();
        code.Handlers?.FindDepths(frame.Instruction, _depths);
        return code.Bodies?.Contains(frame.Instruction) ?? _depths.Count > 0;
    }

    /// <summary>The statements that a frame is inside of, the innermost first. The frame is read in one go.</summary>
    public List<ExitCall> Read(ulong frame)
    {
        List<ExitCall> calls = [];
        if (CodeOf(frame, python.Memory) is not WithCode code)
        {
            return calls;
        }

        byte[] bytes = new byte[code.FrameSize];
        int count = python.Memory.Read(frame, bytes);
        if (count < bytes.Length)
        {
            return calls;
        }

        FrameCopy copy = new(frame, bytes, python.Memory);
        if (!_walker.TryReadFrame(copy, frame, out RawFrame raw) || CodeOf(frame, copy) != code)
        {
            return calls;
        }

        FindDepths(code, raw.Instruction, bytes);
        foreach (int depth in _depths)
        {
            if (depth >= python.Layout.With.ExitValues && depth <= code.StackSize && ReadCall(bytes, code, depth) is ExitCall call)
            {
                calls.Add(call);
            }
        }

        return calls;
    }

    /// <summary>Reads what a bound method, of C or of Python, will call.</summary>
    public bool TryReadBound(ulong address, out ExitCall call)
    {
        call = default;
        if (!python.Objects.TryGetType(address, out TypeInfo type))
        {
            return false;
        }

        Span<byte> name = stackalloc byte[32];
        if (type.Kind == ObjectKind.BuiltInFunction)
        {
            bool isBuiltIn = python.Objects.TryGetBuiltIn(address, name, out _, out ulong self);
            call = new ExitCall(0, self);
            return isBuiltIn && self != 0;
        }

        // PyMethodObject (cpython/classobject.h; in 2.7 classobject.h): im_func and im_self follow the head.
        ulong fields = address + (ulong)python.Layout.Object.VarSize;
        ReadOnlySpan<byte> text = python.Objects.ReadTypeName(type, name);
        if (type.IsHeapType
            || !(text.SequenceEqual("method"u8) || text.SequenceEqual("instancemethod"u8))
            || !python.Memory.TryReadPointer(fields, out ulong function)
            || !python.Memory.TryReadPointer(fields + sizeof(ulong), out ulong bound))
        {
            return false;
        }

        call = new ExitCall(function, bound);
        return bound != 0;
    }

    // To 3.10 the frame itself has them; a level is the depth of the stack under the statement's body.
    private void FindDepths(WithCode code, int instruction, ReadOnlySpan<byte> frame)
    {
        _depths.Clear();
        if (code.Handlers is ExceptionTable handlers)
        {
            handlers.FindDepths(instruction, _depths);
            return;
        }

        WithLayout at = python.Layout.With;
        int count = Math.Clamp(Int(frame, at.BlockCount!.Value), 0, MaxBlocks);
        for (int i = count - 1; i >= 0; i--)
        {
            int block = at.Blocks!.Value + (i * BlockSize);
            int level = Int(frame, block + BlockLevel);
            if (Int(frame, block) == at.BlockType && !_depths.Contains(level))
            {
                _depths.Add(level);
            }
        }
    }

    private ExitCall? ReadCall(ReadOnlySpan<byte> frame, WithCode code, int depth)
    {
        int top = python.Layout.Locals.FrameSlots + ((code.Slots + depth - 1) * sizeof(ulong));
        ulong last = Word(frame, top);
        if (python.Layout.With.ExitValues == 1)
        {
            return TryReadBound(last, out ExitCall bound) ? bound : null;
        }

        ulong function = Word(frame, top - sizeof(ulong));
        return last != 0 ? new ExitCall(function, last) : TryReadBound(function, out ExitCall call) ? call : null;
    }

    private WithCode? CodeOf(ulong frame, IMemorySource memory)
    {
        FrameLayout at = python.Layout.Frame;
        if (!memory.TryReadPointer(frame + (ulong)at.Code, out ulong address))
        {
            return null;
        }

        address &= ~at.CodeTagMask;
        if (!_codes.TryGetValue(address, out WithCode? code))
        {
            code = python.TryReadCode(frame, out CodeVariables? variables) ? Read(address, variables.Count) : null;
            _codes.Add(address, code);
        }

        return code;
    }

    // Null where it has no with statement.
    private WithCode? Read(ulong address, int slots)
    {
        WithLayout at = python.Layout.With;
        bool isOld = at.ExceptionTable is null;
        if (!python.Memory.TryRead(address + (ulong)at.StackSize, out int stackSize)
            || stackSize is <= 0 or > MaxFrame / sizeof(ulong)
            || !python.Memory.TryReadPointer(address + (ulong)(at.ExceptionTable ?? at.CodeBytes!.Value), out ulong table)
            || !BytesObject.TryRead(python.Memory, table, python.Layout, python.Limits.LineTableBytes, out byte[] bytes))
        {
            return null;
        }

        int size = python.Layout.Locals.FrameSlots + ((slots + stackSize) * sizeof(ulong));
        return bytes.Length == 0 || size > MaxFrame ? null : new WithCode(
            slots, stackSize, Math.Max(size, python.Layout.Frame.Size), isOld ? null : new ExceptionTable(bytes), isOld ? new WithBodies(bytes, python.Layout) : null);
    }

    private ulong Word(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]) & ~python.Layout.Locals.TagMask;

    private static int Int(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    /// <summary>A frame as it was at one moment, and the rest of the memory.</summary>
    private sealed class FrameCopy(ulong start, byte[] bytes, IMemorySource memory) : IMemorySource
    {
        private readonly CopiedBytes _copy = new(start, bytes);

        public int Read(ulong address, Span<byte> destination) => _copy.Read(address, destination) is int count && count == destination.Length ? count : memory.Read(address, destination);
    }

    private sealed record WithCode(int Slots, int StackSize, int FrameSize, ExceptionTable? Handlers, WithBodies? Bodies);
}
