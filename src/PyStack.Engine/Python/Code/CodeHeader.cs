using System;
using System.Buffers.Binary;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Code;

/// <summary>The fields of a code object that describe its variables. A struct, so that it can be read in the pause.</summary>
/// <param name="Slots">The number of variable slots: of all variables (3.11 and later), or only of locals.</param>
/// <param name="Names">A tuple: of locals, from 3.11 on of all.</param>
/// <param name="CellNames">A tuple (to 3.10).</param>
/// <param name="FreeNames">A tuple (to 3.10).</param>
/// <param name="Kinds">A bytes object (3.11 and later), else 0.</param>
internal readonly record struct CodeHeader(
    int Flags, int Positional, int KeywordOnly, int Slots, bool HasAllSlots, ulong? Names, ulong? CellNames, ulong? FreeNames, ulong Kinds)
{
    // cpython/code.h, in 2.7 code.h: CO_OPTIMIZED, CO_VARARGS, CO_VARKEYWORDS
    private const int Optimized = 1;
    private const int HasVarArgs = 4;
    private const int HasVarKeywords = 8;

    /// <summary>Whether variables are only in slots. False for class bodies, modules, and code run by exec(), whose variables are in a mapping.</summary>
    public bool IsOptimized => (Flags & Optimized) != 0;

    private long Arguments => (long)Positional + KeywordOnly + ((Flags & HasVarArgs) != 0 ? 1 : 0) + ((Flags & HasVarKeywords) != 0 ? 1 : 0);

    /// <param name="code">Room for the code object's bytes.</param>
    public static bool TryRead(IMemorySource memory, ulong address, LocalsLayout at, byte[] code, out CodeHeader header)
    {
        header = default;
        if (address == 0 || !memory.TryRead(address, code))
        {
            return false;
        }

        header = new CodeHeader(
            Int(code, at.Flags),
            Int(code, at.ArgumentCount),
            at.KeywordOnlyCount is int keywordOnly ? Int(code, keywordOnly) : 0,
            Int(code, at.SlotCount ?? at.LocalCount!.Value),
            at.SlotCount is not null,
            Word(code, at.Names),
            at.CellNames is int cells ? Word(code, cells) : null,
            at.FreeNames is int free ? Word(code, free) : null,
            at.Kinds is int kinds ? Word(code, kinds) : 0);
        return header.Positional >= 0 && header.KeywordOnly >= 0;
    }

    /// <summary>Whether numbers of names, each -1 if its tuple could not be read, agree with the other fields.</summary>
    public bool Fits(int locals, int cells, int free)
        => locals >= 0 && cells >= 0 && free >= 0 && (HasAllSlots ? locals + cells + free : locals) == Slots && Arguments <= locals;

    /// <summary>
    /// The slots of the arguments as they are declared: the slots hold positional arguments, keyword-only ones, *args and **kwargs; a declaration has *args before the
    /// keyword-only ones.
    /// </summary>
    public int[] ArgumentOrder()
    {
        int[] order = new int[Math.Clamp(Arguments, 0, ushort.MaxValue)];
        int next = 0;
        bool hasVarArgs = (Flags & HasVarArgs) != 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (i == Positional && hasVarArgs)
            {
                order[next++] = Positional + KeywordOnly;
            }

            if (!(hasVarArgs && i == Positional + KeywordOnly))
            {
                order[next++] = i;
            }
        }

        return order;
    }

    private static int Int(byte[] code, int offset) => BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(offset));

    private static ulong Word(byte[] code, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(code.AsSpan(offset));
}
