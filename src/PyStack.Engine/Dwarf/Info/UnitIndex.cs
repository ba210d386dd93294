using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>Which unit holds an address: by <c>.debug_aranges</c> (DWARF 5, 6.1.2), and for units that are not in it by their own first entry.</summary>
internal sealed class UnitIndex
{
    private const int MaxUnits = 1 << 20;

    /// <summary>Ranges that may begin behind the start of the one that holds an address.</summary>
    private const int MaxEnclosing = 8;


    private readonly List<(AddressRange Range, ulong Unit)> _ranges = [];

    private UnitIndex()
    {
    }

    public static UnitIndex Read(DwarfSections sections)
    {
        UnitIndex index = new();
        HashSet<ulong> listed = index.AddListed(sections.Get(DwarfSection.AddressRanges));
        index.AddOthers(sections, listed);
        index._ranges.Sort((left, right) => left.Range.Start.CompareTo(right.Range.Start));
        return index;
    }

    /// <summary>The offset of the unit that holds an address.</summary>
    public bool TryFind(ulong address, out ulong unit)
    {
        int last = SortedSearch.LastAtOrBefore(CollectionsMarshal.AsSpan(_ranges), address, static row => row.Range.Start);

        // Ranges of different units may begin at one place or enclose each other; a few in front tell.
        for (int i = last; i >= 0 && i > last - MaxEnclosing; i--)
        {
            if (_ranges[i].Range.Contains(address))
            {
                unit = _ranges[i].Unit;
                return true;
            }
        }

        unit = 0;
        return false;
    }

    private HashSet<ulong> AddListed(ReadOnlySpan<byte> section)
    {
        HashSet<ulong> listed = new(AddressHash.Comparer);
        ByteCursor cursor = new(section);
        for (int start = 0; InitialLength.TryRead(ref cursor, out ulong length, out int offsetSize); start = cursor.Position)
        {
            int before = cursor.Position - start;
            _ = cursor.TryReadBytes(length, out ReadOnlySpan<byte> bytes);
            ByteCursor body = new(bytes);
            if (!body.TryReadUInt16(out _)
                || !body.TryReadUnsigned(offsetSize, out ulong unit)
                || !body.TryReadByte(out byte addressSize)
                || !body.TryReadByte(out _)
                || addressSize != 8)
            {
                continue;
            }

            // The pairs are aligned to their own size, counted from the start of the set.
            int pair = 2 * addressSize;
            if (!body.TrySkip((ulong)((pair - ((before + body.Position) % pair)) % pair)))
            {
                continue;
            }

            while (body.TryReadUInt64(out ulong address) && body.TryReadUInt64(out ulong size) && (address != 0 || size != 0))
            {
                if (size > 0 && address != 0)
                {
                    listed.Add(unit);
                    _ranges.Add((AddressRange.OfLength(address, size), unit));
                }
            }
        }

        return listed;
    }

    private void AddOthers(DwarfSections sections, HashSet<ulong> listed)
    {
        ulong offset = 0;
        for (int i = 0; i < MaxUnits && UnitHeader.TryRead(sections.Get(DwarfSection.Info), offset, out UnitHeader header); i++)
        {
            if (!listed.Contains(offset) && header.HasCode && DebugUnit.Read(sections, offset) is DebugUnit unit)
            {
                foreach (AddressRange range in unit.Code)
                {
                    _ranges.Add((range, offset));
                }
            }

            offset = header.End;
        }
    }
}
