using System;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Code;

/// <summary>The names and kinds of a code object's variables.</summary>
/// <param name="Names">Of all slots: locals, then, to 3.10, cells and free variables.</param>
/// <param name="Kinds">Of all slots, from 3.11 on.</param>
/// <param name="LocalCount">Slots of locals, the first; from 3.11 on all.</param>
/// <param name="ArgumentOrder">The slots of the arguments as they are declared.</param>
/// <param name="IsOptimized">As in <see cref="CodeHeader"/>.</param>
internal sealed record CodeVariables(string[] Names, byte[] Kinds, int LocalCount, int Count, int[] ArgumentOrder, bool IsOptimized)
{
    public bool IsCell(int slot) => SlotKinds.IsCell(Kinds, LocalCount, slot);

    /// <summary>The slot of the cell of an argument; the argument's own if it has none, and from 3.11 on.</summary>
    public int CellOfArgument(int slot)
    {
        int cell = Kinds.Length > 0 || LocalCount == Count ? -1 : Array.IndexOf(Names, Names[slot], LocalCount);
        return cell >= 0 ? cell : slot;
    }
}

/// <summary>Reads the variables of code objects, with their names: outside the pause, from the copy.</summary>
internal sealed class CodeVariablesReader(PythonLayout layout, Limits limits)
{
    private readonly byte[] _code = new byte[layout.Locals.CodeSize];

    /// <summary>Reads one code object; null if there is no valid one at the address.</summary>
    public CodeVariables? Read(IMemorySource memory, ulong address)
    {
        if (!CodeHeader.TryRead(memory, address, layout.Locals, _code, out CodeHeader header))
        {
            return null;
        }

        List<string> names = [];
        int locals = AddNames(memory, header.Names, names);
        int cells = AddNames(memory, header.CellNames, names);
        int free = AddNames(memory, header.FreeNames, names);
        if (!header.Fits(locals, cells, free))
        {
            return null;
        }

        int count = locals + cells + free;
        byte[] kinds = [];
        if (layout.Locals.Kinds is not null && (!BytesObject.TryRead(memory, header.Kinds, layout, limits.VariablesPerFrame, out kinds) || kinds.Length != count))
        {
            return null;
        }

        return new CodeVariables([.. names], kinds, locals, count, header.ArgumentOrder(), header.IsOptimized);
    }

    // The number of names in a tuple of the code object; -1 if it is not a tuple, 0 if the version has no such tuple.
    private int AddNames(IMemorySource memory, ulong? place, List<string> names)
    {
        if (place is not ulong tuple)
        {
            return 0;
        }

        if (!memory.TryRead(tuple + (ulong)layout.Object.VarSize, out long count) || count < 0 || count > limits.VariablesPerFrame - names.Count)
        {
            return -1;
        }

        for (int i = 0; i < count; i++)
        {
            if (!memory.TryReadPointer(tuple + (ulong)layout.Values.TupleItems + ((ulong)i * sizeof(ulong)), out ulong text)
                || !NameObject.TryRead(memory, text, layout, limits.NameLength, out string name))
            {
                return -1;
            }

            names.Add(name);
        }

        return (int)count;
    }
}
