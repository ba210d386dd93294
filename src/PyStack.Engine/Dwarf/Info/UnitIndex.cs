using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>Which unit holds an address: by <c>.debug_aranges</c> (DWARF 5, 6.1.2), and for units that are not in it by their own first entry.</summary>
internal sealed class UnitIndex
{
    private const int MaxUnits = 1 << 20;

    /// <summary>Ranges that may begin after the start of the one that holds an address.</summary>
    private const int MaxEnclosing = 8;

    /// <summary>Bytes of one row of the table, of a list that grows by doubling.</summary>
    private const int RowBytes = 2 * 24;

    private readonly DwarfSections _sections;
    private readonly List<(AddressRange Range, ulong Unit)> _ranges = [];
    private readonly HashSet<ulong> _listed = new(AddressHash.Comparer);
    private bool _hasOthers;

    private UnitIndex(DwarfSections sections) => _sections = sections;

    public static UnitIndex Read(DwarfSections sections)
    {
        UnitIndex index = new(sections);
        index.AddListed();
        index.Sort();
        return index;
    }

    /// <summary>The offset of the unit that holds an address.</summary>
    public bool TryFind(ulong address, out ulong unit)
    {
        if (TryFindKnown(address, out unit))
        {
            return true;
        }

        // Going through the units unpacks all of .debug_info: only for an address that no list has.
        if (_hasOthers)
        {
            return false;
        }

        _hasOthers = true;
        AddOthers();
        Sort();
        return TryFindKnown(address, out unit);
    }

    private bool TryFindKnown(ulong address, out ulong unit)
    {
        int last = SortedSearch.LastAtOrBefore(CollectionsMarshal.AsSpan(_ranges), address, static row => row.Range.Start);

        // Ranges of different units may begin at one address or enclose each other; looking at a few before it is enough.
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

    private void Sort() => _ranges.Sort((left, right) => left.Range.Start.CompareTo(right.Range.Start));

    private bool TryAdd(AddressRange range, ulong unit)
    {
        if (!_sections.Budget.TryTake(RowBytes))
        {
            return false;
        }

        _ranges.Add((range, unit));
        return true;
    }

    private void AddListed()
    {
        ulong end = _sections.LengthOf(DwarfSection.AddressRanges);
        for (ulong offset = 0; offset < end && _sections.Budget.TryStep();)
        {
            ByteCursor cursor = new(_sections.Get(DwarfSection.AddressRanges, offset + InitialLength.MostBytes));
            if (!cursor.TrySeek(offset) || !InitialLength.TryRead(ref cursor, end, out ulong length, out int offsetSize) || length == 0)
            {
                return;
            }

            int start = cursor.Position;
            cursor = new(_sections.Get(DwarfSection.AddressRanges, (ulong)start + length));
            if (!cursor.TrySeek((ulong)start) || !cursor.TryReadBytes(length, out ReadOnlySpan<byte> bytes) || !TryAddSet(bytes, start - (int)offset, offsetSize))
            {
                return;
            }

            offset = (ulong)start + length;
        }
    }

    // False if the budget is used up; a set of another form is skipped.
    private bool TryAddSet(ReadOnlySpan<byte> bytes, int before, int offsetSize)
    {
        ByteCursor body = new(bytes);
        if (!body.TryReadUInt16(out _)
            || !body.TryReadUnsigned(offsetSize, out ulong unit)
            || !body.TryReadByte(out byte addressSize)
            || !body.TryReadByte(out _)
            || addressSize != 8)
        {
            return true;
        }

        // The pairs are aligned to their own size, counted from the start of the set.
        int pair = 2 * addressSize;
        if (!body.TrySkip((ulong)((pair - ((before + body.Position) % pair)) % pair)))
        {
            return true;
        }

        while (body.TryReadUInt64(out ulong address) && body.TryReadUInt64(out ulong size) && (address != 0 || size != 0))
        {
            if (size > 0 && address != 0)
            {
                if (!TryAdd(AddressRange.OfLength(address, size), unit))
                {
                    return false;
                }

                _listed.Add(unit);
            }
        }

        return true;
    }

    private void AddOthers()
    {
        ulong offset = 0;
        for (int i = 0; i < MaxUnits && UnitHeader.TryRead(_sections, offset, out UnitHeader header); i++)
        {
            if (!_listed.Contains(offset) && header.HasCode && DebugUnit.Read(_sections, offset) is DebugUnit unit)
            {
                foreach (AddressRange range in unit.Code)
                {
                    if (!TryAdd(range, offset))
                    {
                        unit.GiveBack();
                        return;
                    }
                }

                unit.GiveBack();
            }

            offset = header.End;
        }
    }
}
