using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Values;

namespace PyStack.Engine.Python;

/// <summary>Arguments and local variables of frames: their names from the code object, their values from the frame's slots.</summary>
internal sealed class FrameVariables(PythonLayout layout, ValueOptions options, Limits limits)
{
    // cpython/code.h: CO_VARARGS, CO_VARKEYWORDS
    private const int HasVarArgs = 4;
    private const int HasVarKeywords = 8;

    // internal/pycore_code.h: CO_FAST_CELL, CO_FAST_FREE (3.11 and later)
    private const byte CellOrFree = 0x40 | 0x80;

    /// <summary>Py_INT_TAG (internal/pycore_stackref.h, 3.14): the slot holds a small number and no address.</summary>
    private const ulong NumberTag = 3;

    private readonly ValueRenderer _values = new(layout, options, limits);
    private readonly Dictionary<ulong, CodeVariables?> _codes = [];
    private readonly byte[] _code = new byte[layout.Locals.CodeSize];
    private readonly ulong[] _slots = new ulong[limits.VariablesPerFrame];
    private IMemorySource _memory = null!;
    private readonly RehearsedSlots _rehearsed = new();
    private readonly bool[] _leaves = new bool[limits.VariablesPerFrame];
    private ValuePass _pass;
    private bool _isPinning;
    private ulong _lastCode;
    private CodeVariables? _last;

    /// <summary>Whether values were left out because all of them together were too much.</summary>
    public bool IsExhausted => _values.IsExhausted;

    /// <summary>Begins with a copy of the target's memory, from which everything is read.</summary>
    public void Begin(IMemorySource memory, ValuePass pass)
    {
        _memory = memory;
        _pass = pass;
        _isPinning = pass != ValuePass.Render;
        if (pass == ValuePass.Rehearse)
        {
            _rehearsed.Clear();
        }

        _codes.Clear();
        _lastCode = 0;
        _values.Begin(memory, pass);
    }

    /// <summary>Gets ready for the pause that follows a rehearsal.</summary>
    public void Reserve() => _values.Reserve();

    /// <summary>Makes sure that the copy holds what <see cref="Read"/> will want.</summary>
    public void Pin(FrameList frames)
    {
        for (int i = 0; i < frames.Count; i++)
        {
            if (!TryReadSlots(frames[i], out CodeVariables? code))
            {
                continue;
            }

            // Most frames have not moved since the rehearsal, and most of their values lead to nothing else: then there is nothing to do.
            ReadOnlySpan<ulong> slots = _slots.AsSpan(0, code.Count);
            if (_pass == ValuePass.Pin && _rehearsed.TryGet(i, frames[i], out ReadOnlySpan<ulong> before, out ReadOnlySpan<bool> leaves) && before.Length == slots.Length)
            {
                for (int slot = 0; slot < slots.Length; slot++)
                {
                    if (!leaves[slot] || slots[slot] != before[slot])
                    {
                        _ = PinSlot(code, slot);
                    }
                }

                continue;
            }

            Span<bool> found = _leaves.AsSpan(0, slots.Length);
            for (int slot = 0; slot < slots.Length; slot++)
            {
                found[slot] = PinSlot(code, slot);
            }

            if (_pass == ValuePass.Rehearse)
            {
                _rehearsed.Add(i, frames[i], slots, found);
            }
        }
    }

    private bool PinSlot(CodeVariables code, int slot)
    {
        ulong value = _slots[slot] & ~layout.Locals.TagMask;
        bool isCell = false;
        if (value != 0 && code.IsCell(slot) && _values.TryGetCellContent(value, out ulong content))
        {
            value = content;
            isCell = true;
        }

        // What a cell holds changes without it.
        return value == 0 ? !isCell : _values.Pin(value) && !isCell;
    }

    /// <summary>A frame's arguments and locals, those without a value left out; both empty if they cannot be read.</summary>
    public (OrderedDictionary Arguments, OrderedDictionary Locals) Read(in RawFrame frame)
    {
        OrderedDictionary arguments = [];
        OrderedDictionary locals = [];
        if (!TryReadSlots(frame, out CodeVariables? code))
        {
            return (arguments, locals);
        }

        foreach (int slot in code.ArgumentOrder)
        {
            Add(arguments, code, slot, code.CellOfArgument(slot));
        }

        for (int slot = code.ArgumentOrder.Length; slot < code.Count; slot++)
        {
            if (!arguments.Contains(code.Names[slot]))
            {
                Add(locals, code, slot, slot);
            }
        }

        return (arguments, locals);
    }

    private void Add(OrderedDictionary variables, CodeVariables code, int slot, int cellSlot)
    {
        // An argument that inner functions use has moved into its cell; 2.7 leaves what it began with behind.
        if (cellSlot != slot && TryGet(code, cellSlot, out string text))
        {
            variables[code.Names[slot]] = text;
        }
        else if (TryGet(code, slot, out text))
        {
            variables[code.Names[slot]] = text;
        }
    }

    private bool TryGet(CodeVariables code, int slot, out string text)
    {
        text = "";
        ulong raw = _slots[slot];
        ulong value = raw & ~layout.Locals.TagMask;
        if (value == 0)
        {
            return false;
        }

        bool isSecret = _values.Secrets.Matches(code.Names[slot]);
        if (layout.Locals.TagMask == NumberTag && (raw & NumberTag) == NumberTag)
        {
            text = isSecret ? SecretNames.Redacted : ((long)raw >> 2).ToString(CultureInfo.InvariantCulture);
            return true;
        }

        // Until a function has begun, the slot of a cell may still hold the argument itself.
        if (code.IsCell(slot) && _values.TryGetCellContent(value, out ulong content))
        {
            if (content == 0)
            {
                return false;
            }

            value = content;
        }

        text = isSecret ? SecretNames.Redacted : _values.Render(value);
        return true;
    }

    private bool TryReadSlots(in RawFrame frame, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CodeVariables? code)
    {
        code = _last;
        if (frame.Code != _lastCode)
        {
            if (!_codes.TryGetValue(frame.Code, out code))
            {
                code = ReadCode(frame.Code);
                _codes.Add(frame.Code, code);
            }

            (_lastCode, _last) = (frame.Code, code);
        }

        return code is not null
            && _memory.TryRead(frame.Address + (ulong)layout.Locals.FrameSlots, MemoryMarshal.AsBytes(_slots.AsSpan(0, code.Count)));
    }

    private CodeVariables? ReadCode(ulong address)
    {
        LocalsLayout at = layout.Locals;
        if (!_memory.TryRead(address, _code))
        {
            return null;
        }

        int flags = Int(at.Flags);
        int positional = Int(at.ArgumentCount);
        int keywordOnly = at.KeywordOnlyCount is int offset ? Int(offset) : 0;
        int arguments = positional + keywordOnly + ((flags & HasVarArgs) != 0 ? 1 : 0) + ((flags & HasVarKeywords) != 0 ? 1 : 0);
        List<string> names = [];
        int locals = AddNames(at.Names, names);
        int cells = at.CellNames is int cellNames ? AddNames(cellNames, names) : 0;
        int free = at.FreeNames is int freeNames ? AddNames(freeNames, names) : 0;
        int count = locals + cells + free;
        if (locals < 0
            || cells < 0
            || free < 0
            || count != (at.SlotCount is int slots ? Int(slots) : Int(at.LocalCount!.Value) + cells + free)
            || positional < 0
            || keywordOnly < 0
            || arguments > locals)
        {
            return null;
        }

        byte[] kinds = [];
        if (at.Kinds is int kindsOffset
            && (!BytesObject.TryRead(_memory, BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(kindsOffset)), layout, limits.VariablesPerFrame, out kinds)
                || kinds.Length != count))
        {
            return null;
        }

        return new CodeVariables([.. names], kinds, locals, count, ArgumentOrder(positional, keywordOnly, flags, arguments));
    }

    private int Int(int offset) => BinaryPrimitives.ReadInt32LittleEndian(_code.AsSpan(offset));

    // The slots hold positional arguments, keyword-only ones, *args and **kwargs; a declaration has *args in front of the keyword-only ones.
    private static int[] ArgumentOrder(int positional, int keywordOnly, int flags, int count)
    {
        int[] order = new int[Math.Clamp(count, 0, ushort.MaxValue)];
        int next = 0;
        bool hasVarArgs = (flags & HasVarArgs) != 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (i == positional && hasVarArgs)
            {
                order[next++] = positional + keywordOnly;
            }

            if (!(hasVarArgs && i == positional + keywordOnly))
            {
                order[next++] = i;
            }
        }

        return order;
    }

    // How many names a tuple of the code object holds; -1 if it is none. While pinning their text is only touched.
    private int AddNames(int offset, List<string> names)
    {
        ulong tuple = BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(offset));
        if (!_memory.TryRead(tuple + (ulong)layout.Object.VarSize, out long count) || count < 0 || count > limits.VariablesPerFrame - names.Count)
        {
            return -1;
        }

        for (int i = 0; i < count; i++)
        {
            string name = "";
            if (!_memory.TryReadPointer(tuple + (ulong)layout.Values.TupleItems + ((ulong)i * sizeof(ulong)), out ulong text)
                || !(_isPinning
                    ? NameObject.TryLocate(_memory, text, layout, limits.NameLength, out ulong data, out int length) && _memory is PageSnapshot snapshot && snapshot.Pin(data, length)
                    : NameObject.TryRead(_memory, text, layout, limits.NameLength, out name)))
            {
                return -1;
            }

            names.Add(name);
        }

        return (int)count;
    }

    /// <summary>What a code object says of its variables.</summary>
    /// <param name="Names">Of all slots: locals, then, to 3.10, cells and free variables.</param>
    /// <param name="Kinds">Of all slots, from 3.11 on.</param>
    /// <param name="LocalCount">Slots of locals, the first; from 3.11 on all.</param>
    /// <param name="ArgumentOrder">The slots of the arguments as they are declared.</param>
    private sealed record CodeVariables(string[] Names, byte[] Kinds, int LocalCount, int Count, int[] ArgumentOrder)
    {
        public bool IsCell(int slot) => Kinds.Length > 0 ? (Kinds[slot] & CellOrFree) != 0 : slot >= LocalCount;

        /// <summary>The slot of the cell of an argument; the argument's own if it has none, and from 3.11 on.</summary>
        public int CellOfArgument(int slot)
        {
            int cell = Kinds.Length > 0 || LocalCount == Count ? -1 : Array.IndexOf(Names, Names[slot], LocalCount);
            return cell >= 0 ? cell : slot;
        }
    }
}
