using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Layouts;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python;

/// <summary>What a code object says of its variables.</summary>
/// <param name="Names">Of all slots: locals, then, to 3.10, cells and free variables.</param>
/// <param name="Kinds">Of all slots, from 3.11 on.</param>
/// <param name="LocalCount">Slots of locals, the first; from 3.11 on all.</param>
/// <param name="ArgumentOrder">The slots of the arguments as they are declared.</param>
internal sealed record CodeVariables(string[] Names, byte[] Kinds, int LocalCount, int Count, int[] ArgumentOrder)
{
    // internal/pycore_code.h: CO_FAST_CELL, CO_FAST_FREE (3.11 and later)
    private const byte CellOrFree = 0x40 | 0x80;

    public bool IsCell(int slot) => Kinds.Length > 0 ? (Kinds[slot] & CellOrFree) != 0 : slot >= LocalCount;

    /// <summary>The slot of the cell of an argument; the argument's own if it has none, and from 3.11 on.</summary>
    public int CellOfArgument(int slot)
    {
        int cell = Kinds.Length > 0 || LocalCount == Count ? -1 : Array.IndexOf(Names, Names[slot], LocalCount);
        return cell >= 0 ? cell : slot;
    }
}

/// <summary>Reads what code objects say of their variables.</summary>
internal sealed class CodeVariablesReader(PythonLayout layout, Limits limits)
{
    // cpython/code.h: CO_VARARGS, CO_VARKEYWORDS
    private const int HasVarArgs = 4;
    private const int HasVarKeywords = 8;

    private readonly byte[] _code = new byte[layout.Locals.CodeSize];

    /// <summary>Reads one code object; null where none that makes sense stands at the address.</summary>
    /// <param name="isPinning">Whether the texts of names are only made sure of in the copy, <paramref name="memory"/>, and are empty here.</param>
    public CodeVariables? Read(IMemorySource memory, ulong address, bool isPinning)
    {
        LocalsLayout at = layout.Locals;
        if (!memory.TryRead(address, _code))
        {
            return null;
        }

        int flags = Int(at.Flags);
        int positional = Int(at.ArgumentCount);
        int keywordOnly = at.KeywordOnlyCount is int offset ? Int(offset) : 0;
        int arguments = positional + keywordOnly + ((flags & HasVarArgs) != 0 ? 1 : 0) + ((flags & HasVarKeywords) != 0 ? 1 : 0);
        List<string> names = [];
        int locals = AddNames(memory, at.Names, names, isPinning);
        int cells = at.CellNames is int cellNames ? AddNames(memory, cellNames, names, isPinning) : 0;
        int free = at.FreeNames is int freeNames ? AddNames(memory, freeNames, names, isPinning) : 0;
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
            && (!BytesObject.TryRead(memory, BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(kindsOffset)), layout, limits.VariablesPerFrame, out kinds)
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
    private int AddNames(IMemorySource memory, int offset, List<string> names, bool isPinning)
    {
        ulong tuple = BinaryPrimitives.ReadUInt64LittleEndian(_code.AsSpan(offset));
        if (!memory.TryRead(tuple + (ulong)layout.Object.VarSize, out long count) || count < 0 || count > limits.VariablesPerFrame - names.Count)
        {
            return -1;
        }

        for (int i = 0; i < count; i++)
        {
            string name = "";
            if (!memory.TryReadPointer(tuple + (ulong)layout.Values.TupleItems + ((ulong)i * sizeof(ulong)), out ulong text)
                || !(isPinning
                    ? NameObject.TryLocate(memory, text, layout, limits.NameLength, out ulong data, out int length) && memory is PageSnapshot snapshot && snapshot.Pin(data, length)
                    : NameObject.TryRead(memory, text, layout, limits.NameLength, out name)))
            {
                return -1;
            }

            names.Add(name);
        }

        return (int)count;
    }
}
