using System;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Values;

namespace PyStack.Engine.Python;

/// <summary>Arguments and local variables of frames: their names from the code object, their values from the frame's slots.</summary>
internal sealed class FrameVariables(PythonLayout layout, ValueOptions options, Limits limits)
{
    /// <summary>Py_INT_TAG (internal/pycore_stackref.h, 3.14): the slot holds a small number and no address.</summary>
    private const ulong NumberTag = 3;

    private readonly ValueRenderer _values = new(layout, options, limits);
    private readonly Dictionary<ulong, CodeVariables?> _codes = [];
    private readonly CodeVariablesReader _reader = new(layout, limits);
    private readonly ulong[] _slots = new ulong[limits.VariablesPerFrame];
    private IMemorySource _memory = null!;
    private readonly RehearsedSlots _rehearsed = new();
    private readonly bool[] _leaves = new bool[limits.VariablesPerFrame];
    private ValuePass _pass;
    private ulong _lastCode;
    private CodeVariables? _last;
    private long _slotsLeft;

    /// <summary>Whether values were cut because all of them together hold too many objects.</summary>
    public bool IsExhausted => _values.IsExhausted;

    /// <summary>Whether the variables of some frames were left out because all frames together have too many.</summary>
    public bool IsCut => _slotsLeft < 0;

    /// <summary>Begins with a copy of the target's memory, from which everything is read.</summary>
    public void Begin(IMemorySource memory, ValuePass pass)
    {
        _memory = memory;
        _pass = pass;
        if (pass == ValuePass.Rehearse)
        {
            _rehearsed.Clear();
        }

        _codes.Clear();
        _lastCode = 0;
        _last = null;

        // What pins looks at hidden frames as well, and must not end first.
        _slotsLeft = pass == ValuePass.Render ? limits.VariablesInAll : limits.VariablesInAll * 2L;
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

    private bool TryReadSlots(in RawFrame frame, [NotNullWhen(true)] out CodeVariables? code)
    {
        code = _last;
        if (frame.Code != _lastCode)
        {
            if (!_codes.TryGetValue(frame.Code, out code))
            {
                code = _reader.Read(_memory, frame.Code, _pass != ValuePass.Render);
                _codes.Add(frame.Code, code);
            }

            (_lastCode, _last) = (frame.Code, code);
        }

        return code is not null
            && (_slotsLeft -= code.Count) >= 0
            && _memory.TryRead(frame.Address + (ulong)layout.Locals.FrameSlots, MemoryMarshal.AsBytes(_slots.AsSpan(0, code.Count)));
    }
}
