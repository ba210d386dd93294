using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Code;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;
using PyStack.Engine.Python.Runtime;

namespace PyStack.Engine.Waits.Reasons;

/// <summary>Reads the objects of one CPython of the target for the waits of its threads.</summary>
internal sealed class PythonReader
{
    private readonly CodeVariablesReader _variables;
    private readonly Dictionary<ulong, CodeVariables?> _codes = new(AddressHash.Comparer);

    /// <param name="memory">The target's memory, or a copy that was made after the waits of the kernel were read.</param>
    public PythonReader(PythonRuntime runtime, IMemorySource memory, Limits limits, CancellationToken cancellation)
    {
        (Runtime, Memory, Limits) = (runtime, memory, limits);
        _variables = new CodeVariablesReader(runtime.Layout, limits);
        Objects = new ObjectReader(runtime.Layout, limits);
        Objects.Begin(memory, cancellation);
        Values = new PythonValues(this);
    }

    public PythonRuntime Runtime { get; }

    public PythonLayout Layout => Runtime.Layout;

    public IMemorySource Memory { get; }

    public Limits Limits { get; }

    public ObjectReader Objects { get; }

    public PythonValues Values { get; }

    /// <summary>The variables of the code that a frame runs now; false if there is no valid one.</summary>
    /// <param name="frame">Of the frame struct.</param>
    public bool TryReadCode(ulong frame, [NotNullWhen(true)] out CodeVariables? code)
    {
        code = null;
        if (!Memory.TryReadPointer(frame + (ulong)Layout.Frame.Code, out ulong address))
        {
            return false;
        }

        code = CodeAt(address & ~Layout.Frame.CodeTagMask);
        return code is not null;
    }

    /// <summary>The variable that an inner function has from the function around it; 0 if it has none of this name, or is no function of Python.</summary>
    public ulong ReadFreeVariable(ulong function, string name)
    {
        if (!Objects.Is(function, ObjectKind.Function)
            || !Memory.TryReadPointer(function + (ulong)Layout.Locks.FunctionCode, out ulong address)
            || !Memory.TryReadPointer(function + (ulong)Layout.Locks.FunctionClosure, out ulong closure)
            || !Objects.Is(closure, ObjectKind.Tuple)
            || !Objects.TryGetItems(closure, out ItemRange cells)
            || CodeAt(address) is not CodeVariables code
            || cells.Count > code.Count)
        {
            return 0;
        }

        // The free variables are the last ones.
        int place = Array.IndexOf(code.Names, name, code.Count - cells.Count);
        return place >= 0 && Objects.TryReadItem(cells, place - code.Count + cells.Count, out ulong cell) && Objects.TryGetCellContent(cell, out ulong content) ? content : 0;
    }

    private CodeVariables? CodeAt(ulong address)
    {
        if (!_codes.TryGetValue(address, out CodeVariables? code))
        {
            code = _variables.Read(Memory, address);
            _codes.Add(address, code);
        }

        return code;
    }

    /// <summary>The object in a variable of a frame: an argument, a local or a free variable; false if it has none of this name, or no value.</summary>
    /// <param name="frame">Of the frame struct.</param>
    public bool TryGetVariable(ulong frame, string name, out ulong value)
    {
        value = 0;
        if (!TryReadCode(frame, out CodeVariables? code))
        {
            return false;
        }

        // An argument that an inner function uses is in a cell of its own, after its slot: the later one counts.
        for (int slot = code.Count - 1; slot >= 0; slot--)
        {
            if (code.Names[slot] != name || !Memory.TryReadPointer(SlotOf(frame, slot), out ulong found))
            {
                continue;
            }

            found &= ~Layout.Locals.TagMask;
            if (found != 0 && code.IsCell(slot) && Objects.TryGetCellContent(found, out ulong content))
            {
                found = content;
            }

            if (found != 0)
            {
                value = found;
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a frame has a variable.</summary>
    public ulong SlotOf(ulong frame, int slot) => frame + (ulong)Layout.Locals.FrameSlots + ((ulong)slot * sizeof(ulong));
}
