namespace PyStack.Engine.Dwarf.Info;

/// <summary>Units whose skeleton is in the binary and all else in another file (DWARF 5, 3.1.2 and 3.1.3; "DWARF Extensions: Debug Fission" of the GCC wiki for DWARF 4).</summary>
internal sealed partial class DebugUnit
{
    // Headers of .debug_str_offsets (7.26) and .debug_rnglists (7.28): a length of 4 bytes, or of 12 in the 64-bit format, and what follows it.
    private const ulong StringOffsetsHeader = 4;
    private const ulong RangeListsHeader = 8;

    private ulong _rangeListsStart;

    /// <summary>Whether it is what a skeleton lacks.</summary>
    public bool IsSplit => !ReferenceEquals(_addresses, _sections);

    /// <summary>Reads the split unit of a skeleton.</summary>
    /// <param name="sections">Of the file that has it.</param>
    /// <param name="place">Where in their sections its parts are.</param>
    /// <param name="skeleton">Has its addresses.</param>
    /// <returns>Null if it is not there, or another one is.</returns>
    public static DebugUnit? ReadSplit(DwarfSections sections, in SplitPlace place, DebugUnit skeleton)
    {
        // Units of types may come first.
        ulong offset = place.Info;
        UnitHeader header;
        while (true)
        {
            if (!UnitHeader.TryRead(sections, offset, out header))
            {
                return null;
            }

            if (header.HasCode)
            {
                break;
            }

            offset = header.End;
        }

        DebugUnit unit = new(sections, header, place.Abbreviations) { _addresses = skeleton._sections, _addressBase = skeleton._addressBase, _lowPc = skeleton._lowPc, _rangesBase = skeleton._rangesBase };
        ulong length = header.OffsetSize == 8 ? 12UL : 4;
        unit._stringOffsetsBase = place.StringOffsets + (header.Version >= 5 ? length + StringOffsetsHeader : 0);
        unit._rangeListsStart = place.RangeLists;
        unit._rangeListsBase = place.RangeLists + length + RangeListsHeader;
        ulong position = header.FirstEntry;
        bool isIts = unit.TryReadEntry(ref position, out DebugEntry entry)
            && entry.Abbreviation is not null
            && skeleton.SplitId is ulong id
            && (header.SplitId ?? entry.Number(Attributes.OldSplitId)) == id;
        if (!isIts)
        {
            unit.GiveBack();
            return null;
        }

        return unit;
    }
}
