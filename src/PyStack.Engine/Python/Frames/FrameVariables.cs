using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Python.Repr.Secrets;

namespace PyStack.Engine.Python.Frames;

/// <summary>
/// Arguments and local variables of frames: their names from the code object and their values from the frame's slots, or both from the frame's namespace, where it has one.
/// </summary>
internal sealed class FrameVariables(PythonLayout layout, ValueOptions options, Limits limits)
{
    /// <summary>Py_INT_TAG (internal/pycore_stackref.h, 3.14): the slot has a small number and not an address.</summary>
    private const ulong NumberTag = 3;

    /// <summary>Cancellation is checked once for this many frames: a power of two.</summary>
    private const int FramesPerQuestion = 64;

    private readonly ReprWriter _writer = new(layout, options, limits);
    private readonly FrameNamespace _namespace = new(layout, limits);
    private readonly Dictionary<ulong, CodeVariables?> _codes = new(AddressHash.Comparer);
    private readonly CodeVariablesReader _reader = new(layout, limits);
    private readonly SlotKindsReader _kinds = new(layout, limits);
    private readonly ulong[] _slots = new ulong[limits.VariablesPerFrame];
    private readonly RehearsedSlots _rehearsed = new();
    private readonly bool[] _leaves = new bool[limits.VariablesPerFrame];
    private IMemorySource _memory = null!;
    private IPrefetchMemory? _copy;
    private CancellationToken _cancellation;
    private bool _isPaused;
    private ulong _lastCode;
    private CodeVariables? _last;
    private long _slotsLeft;

    /// <summary>Whether values were truncated because all of them together have too many objects.</summary>
    public bool IsExhausted => _writer.IsExhausted;

    /// <summary>Whether the variables of some frames were left out because all frames together have too many.</summary>
    public bool IsTruncated => _slotsLeft < 0;

    /// <summary>Begins to read variables as text, from a target's memory or a copy of it.</summary>
    /// <param name="cancellation">Asked all the way: ends it by its exception.</param>
    public void Begin(IMemorySource memory, CancellationToken cancellation = default)
    {
        (_memory, _copy, _isPaused, _cancellation) = (memory, null, false, cancellation);
        _codes.Clear();
        _lastCode = 0;
        _last = null;
        _slotsLeft = limits.VariablesInAll;
        _writer.Begin(memory, cancellation);
    }

    /// <summary>Begins to prefetch what <see cref="Read"/> will want into a copy: outside the pause as a rehearsal, whose findings the pause after it makes use of.</summary>
    /// <param name="isPaused">Whether the target is stopped meanwhile: nothing is allocated then.</param>
    /// <param name="cancellation">Checked throughout. In the pause it ends the pass early, outside it by an exception.</param>
    public void BeginPrefetch(IPrefetchMemory copy, bool isPaused, CancellationToken cancellation = default)
    {
        (_memory, _copy, _isPaused, _cancellation) = (copy, copy, isPaused, cancellation);
        if (!isPaused)
        {
            _rehearsed.Clear();
        }

        // Prefetching examines hidden frames as well, and must not end first.
        _slotsLeft = limits.VariablesInAll * 2L;
        _kinds.Begin(isPaused);
        _writer.BeginPrefetch(copy, isPaused, cancellation);
    }

    /// <summary>Prepares for the pause that follows a rehearsal: nothing is allocated there.</summary>
    public void Reserve()
    {
        _writer.Reserve();
        _kinds.ReserveDouble();
    }

    /// <summary>Makes sure that the copy contains what <see cref="Read"/> will need for a range of frames.</summary>
    public void Prefetch(FrameList frames, int first, int end)
    {
        IPrefetchMemory copy = _copy ?? throw new InvalidOperationException($"{nameof(BeginPrefetch)} comes first");
        for (int i = first; i < end; i++)
        {
            if ((i & (FramesPerQuestion - 1)) == 0 && IsCancelled())
            {
                return;
            }

            RawFrame frame = frames[i];
            if (!_kinds.TryGet(copy, frame.Code, out SlotKinds kinds) || !TryReadSlots(frame, kinds.Count))
            {
                continue;
            }

            PrefetchSlots(i, frame, kinds);
            if (!kinds.IsOptimized && _namespace.TryFind(copy, frame, out ulong mapping) && !_namespace.TryPrefetch(_writer, mapping, ref _slotsLeft))
            {
                _ = _writer.Prefetch(mapping);
            }
        }
    }

    /// <summary>A frame's arguments and locals, those without a value left out; both empty if they cannot be read.</summary>
    public (PyVariables Arguments, PyVariables Locals) Read(in RawFrame frame)
    {
        PyVariables arguments = [];
        PyVariables locals = [];
        if (!TryReadCode(frame.Code, out CodeVariables? code) || !TryReadSlots(frame, code.Count))
        {
            return (arguments, locals);
        }

        foreach (int slot in code.ArgumentOrder)
        {
            Add(arguments, code, slot, code.CellOfArgument(slot));
        }

        // As in CPython, slots have precedence over the namespace: the variables of inlined comprehensions (PEP 709).
        if (!code.IsOptimized && _namespace.TryFind(_memory, frame, out ulong mapping))
        {
            _namespace.Add(_writer, mapping, locals, ref _slotsLeft);
        }

        for (int slot = code.ArgumentOrder.Length; slot < code.Count; slot++)
        {
            if (!arguments.Has(code.Names[slot]))
            {
                Add(locals, code, slot, slot);
            }
        }

        return (arguments, locals);
    }

    // Most frames have not changed since the rehearsal, and most of their values have no references: then there is nothing to do.
    private void PrefetchSlots(int index, in RawFrame frame, in SlotKinds kinds)
    {
        ReadOnlySpan<ulong> slots = _slots.AsSpan(0, kinds.Count);
        if (_isPaused && _rehearsed.TryGet(index, frame, out ReadOnlySpan<ulong> before, out ReadOnlySpan<bool> leaves) && before.Length == slots.Length)
        {
            for (int slot = 0; slot < slots.Length; slot++)
            {
                if (!leaves[slot] || slots[slot] != before[slot])
                {
                    _ = PrefetchSlot(kinds, slot);
                }
            }

            return;
        }

        Span<bool> found = _leaves.AsSpan(0, slots.Length);
        for (int slot = 0; slot < slots.Length; slot++)
        {
            found[slot] = PrefetchSlot(kinds, slot);
        }

        if (!_isPaused)
        {
            _rehearsed.Add(index, frame, slots, found);
        }
    }

    private bool PrefetchSlot(in SlotKinds kinds, int slot)
    {
        ulong value = _slots[slot] & ~layout.Locals.TagMask;
        bool isCell = false;
        if (value != 0 && kinds.IsCell(slot) && _writer.Objects.TryGetCellContent(value, out ulong content))
        {
            value = content;
            isCell = true;
        }

        // The content of a cell can change although the cell does not.
        return value == 0 ? !isCell : _writer.Prefetch(value) && !isCell;
    }

    private void Add(PyVariables variables, CodeVariables code, int slot, int cellSlot)
    {
        // An argument that inner functions use has moved into its cell; 2.7 leaves its initial value in the slot.
        if (cellSlot != slot && TryGet(code, cellSlot, out string text))
        {
            variables.Set(code.Names[slot], text);
        }
        else if (TryGet(code, slot, out text))
        {
            variables.Set(code.Names[slot], text);
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

        if (layout.Locals.TagMask == NumberTag && (raw & NumberTag) == NumberTag)
        {
            text = _writer.Secrets.Judge(code.Names[slot]) == SecretKind.Certain ? SecretNames.Redacted : ((long)raw >> 2).ToString(CultureInfo.InvariantCulture);
            return true;
        }

        // Until a function has begun, the slot of a cell may still hold the argument itself.
        if (code.IsCell(slot) && _writer.Objects.TryGetCellContent(value, out ulong content))
        {
            if (content == 0)
            {
                return false;
            }

            value = content;
        }

        text = _writer.Render(code.Names[slot], value);
        return true;
    }

    private bool TryReadCode(ulong address, [NotNullWhen(true)] out CodeVariables? code)
    {
        code = _last;
        if (address != _lastCode)
        {
            if (!_codes.TryGetValue(address, out code))
            {
                code = _reader.Read(_memory, address);
                _codes.Add(address, code);
            }

            (_lastCode, _last) = (address, code);
        }

        return code is not null;
    }

    private bool TryReadSlots(in RawFrame frame, int count)
        => (_slotsLeft -= count) >= 0 && _memory.TryRead(frame.Address + (ulong)layout.Locals.FrameSlots, MemoryMarshal.AsBytes(_slots.AsSpan(0, count)));

    private bool IsCancelled()
    {
        if (!_isPaused)
        {
            _cancellation.ThrowIfCancellationRequested();
        }

        return _cancellation.IsCancellationRequested;
    }
}
