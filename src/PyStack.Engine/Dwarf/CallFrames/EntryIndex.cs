using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The functions of a section without a search table, sorted once.</summary>
internal sealed class EntryIndex
{
    private readonly ulong[] _starts;
    private readonly ulong[] _offsets;

    private EntryIndex(ulong[] starts, ulong[] offsets)
    {
        _starts = starts;
        _offsets = offsets;
    }

    /// <summary>Goes through a section from its start; what follows a broken entry is lost.</summary>
    public static EntryIndex Build(ReadOnlySpan<byte> bytes, ulong address, ulong dataBase, bool isEhFrame, Limits limits)
    {
        CallFrameEntries entries = new(bytes, address, dataBase, isEhFrame);
        List<ulong> starts = [];
        List<ulong> offsets = [];
        ulong offset = 0;
        ulong cieOffset = ulong.MaxValue;
        CommonInformationEntry cie = default;
        while (starts.Count < limits.CallFrameEntries && entries.TryReadHeader(offset, out EntryHeader header) && header.End > offset)
        {
            // Functions of one source file share their CIE and stand together.
            if (!header.IsCie && (header.Cie == cieOffset || entries.TryReadCie(header.Cie, out cie)))
            {
                cieOffset = header.Cie;
                if (entries.TryReadFde(header, cie, out FrameDescriptionEntry fde) && fde.Function.Length > 0)
                {
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
