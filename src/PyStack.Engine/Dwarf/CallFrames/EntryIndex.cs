using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The functions of a section without a search table, sorted once.</summary>
internal sealed class EntryIndex
{
    /// <summary>Bytes that are examined first.</summary>
    private const ulong FirstLook = 1 << 20;

    /// <summary>Bytes of one entry: two numbers in lists that grow by doubling, and in arrays.</summary>
    private const int EntryBytes = 48;

    /// <summary>Entries without a body that may follow each other: one ends an <c>.eh_frame</c>, and more are padding.</summary>
    private const int MaxEmpty = 1024;

    private readonly ulong[] _starts;
    private readonly ulong[] _offsets;

    private EntryIndex(ulong[] starts, ulong[] offsets)
    {
        _starts = starts;
        _offsets = offsets;
    }

    /// <summary>Reads a section from its start; entries after an invalid one, or beyond the budget, are missing.</summary>
    public static EntryIndex Build(SectionBytes section, ulong dataBase, bool isEhFrame, Limits limits, BinaryBudget budget)
    {
        // A packed section is unpacked as far as its entries reach, and no further.
        for (ulong look = FirstLook; ; look *= 4)
        {
            ReadOnlySpan<byte> bytes = section.Get(Math.Min(look, section.Length));
            EntryIndex index = Build(bytes, section.Address, dataBase, isEhFrame, limits, budget, out bool isAtEnd, out long cost);
            if (!isAtEnd || (ulong)bytes.Length >= section.Length || (ulong)bytes.Length < look)
            {
                return index;
            }

            budget.Give(cost);
        }
    }

    // isAtEnd: whether it ended because there were no more bytes.
    private static EntryIndex Build(
        ReadOnlySpan<byte> bytes, ulong address, ulong dataBase, bool isEhFrame, Limits limits, BinaryBudget budget, out bool isAtEnd, out long cost)
    {
        CallFrameEntries entries = new(bytes, address, dataBase, isEhFrame);
        List<ulong> starts = [];
        List<ulong> offsets = [];
        ulong offset = 0;
        ulong cieOffset = ulong.MaxValue;
        CommonInformationEntry cie = default;
        int empty = 0;
        isAtEnd = false;
        cost = 0;
        while (starts.Count < limits.CallFrameEntries && empty < MaxEmpty && budget.TryStep())
        {
            if (!entries.TryReadHeader(offset, out EntryHeader header) || header.End <= offset)
            {
                isAtEnd = true;
                break;
            }

            // Functions of one source file share their CIE and are adjacent.
            empty = header.Body == header.End ? empty + 1 : 0;
            if (!header.IsCie && (header.Cie == cieOffset || entries.TryReadCie(header.Cie, out cie)))
            {
                cieOffset = header.Cie;
                if (entries.TryReadFde(header, cie, out FrameDescriptionEntry fde) && fde.Function.Length > 0)
                {
                    if (!budget.TryTake(EntryBytes))
                    {
                        break;
                    }

                    cost += EntryBytes;
                    starts.Add(fde.Function.Start);
                    offsets.Add(offset);
                }
            }

            offset = header.End;
        }

        ulong[] sorted = [.. starts];
        ulong[] places = [.. offsets];
        Array.Sort(sorted, places);
        return new EntryIndex(sorted, places);
    }

    /// <summary>Finds the last function that begins at or before an address: the offset of its FDE.</summary>
    public bool TryFind(ulong linkedAddress, out ulong offset)
    {
        int index = SortedSearch.LastAtOrBefore(_starts, linkedAddress);
        offset = index < 0 ? 0 : _offsets[index];
        return index >= 0;
    }
}
