using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>The code of entries: one range by two attributes, or a list of them (DWARF 5, 2.17.3; DWARF 4, 2.17.3).</summary>
internal sealed partial class DebugUnit
{
    private const int MaxRanges = 100_000;

    /// <summary>Bytes of one row of a list: a kind and two LEB128 numbers of ten bytes, or two addresses.</summary>
    private const ulong LongestRange = 21;

    // DW_RLE_* (DWARF 5, table 7.30).
    private const byte EndOfList = 0;
    private const byte BaseAddressX = 1;
    private const byte StartXEndX = 2;
    private const byte StartXLength = 3;
    private const byte OffsetPair = 4;
    private const byte BaseAddress = 5;
    private const byte StartEnd = 6;
    private const byte StartLength = 7;

    /// <summary>The code of an entry.</summary>
    public void AddRanges(in DebugEntry entry, List<AddressRange> ranges)
    {
        if (entry.TryGet(Attributes.Ranges, out AttributeValue list))
        {
            AddList(list, ranges);
        }
        else if (entry.TryGet(Attributes.LowPc, out AttributeValue low)
            && entry.TryGet(Attributes.HighPc, out AttributeValue high)
            && TryGetAddress(low, out ulong start))
        {
            // From DWARF 4 on the end may be a number: the length.
            bool isAddress = high.Kind is AttributeKind.Address or AttributeKind.AddressIndex;
            ulong end = isAddress ? TryGetAddress(high, out ulong address) ? address : 0 : unchecked(start + high.Number);
            Add(start, end, ranges);
        }
    }

    private static void Add(ulong start, ulong end, List<AddressRange> ranges)
    {
        // Code that the linker has discarded is at address 0.
        if (start != 0 && end > start && ranges.Count < MaxRanges)
        {
            ranges.Add(new AddressRange(start, end));
        }
    }

    private void AddList(AttributeValue list, List<AddressRange> ranges)
    {
        if (Header.Version < 5)
        {
            AddOldList(IsSplit ? unchecked(_rangesBase + list.Number) : list.Number, ranges);
            return;
        }

        ulong offset = list.Number;
        ByteCursor cursor;
        if (list.Kind == AttributeKind.RangeListIndex)
        {
            ulong place = unchecked(_rangeListsBase + (list.Number * (ulong)Header.OffsetSize));
            cursor = new(_sections.Get(DwarfSection.RangeLists, unchecked(place + sizeof(ulong))));
            if (!cursor.TrySeek(place) || !cursor.TryReadUnsigned(Header.OffsetSize, out offset))
            {
                return;
            }

            offset = unchecked(_rangeListsBase + offset);
        }
        else if (IsSplit)
        {
            offset = unchecked(_rangeListsStart + offset);
        }

        ulong origin = _lowPc;
        for (int i = 0; i < MaxRanges && _sections.Budget.TryStep(); i++)
        {
            cursor = new(_sections.Get(DwarfSection.RangeLists, unchecked(offset + LongestRange)));
            if (!cursor.TrySeek(offset) || !cursor.TryReadByte(out byte kind) || kind == EndOfList || !TryReadRange(ref cursor, kind, ref origin, ranges))
            {
                return;
            }

            offset = (ulong)cursor.Position;
        }
    }

    private bool TryReadRange(ref ByteCursor cursor, byte kind, ref ulong origin, List<AddressRange> ranges)
    {
        ulong start = 0;
        ulong end = 0;
        bool isRead;
        switch (kind)
        {
            case BaseAddressX:
                return cursor.TryReadUleb128(out ulong index) && TryGetAddress(index, out origin);
            case BaseAddress:
                return cursor.TryReadUnsigned(Header.AddressSize, out origin);
            case OffsetPair:
                isRead = cursor.TryReadUleb128(out start) && cursor.TryReadUleb128(out end);
                start = unchecked(start + origin);
                end = unchecked(end + origin);
                break;
            case StartXEndX:
                isRead = cursor.TryReadUleb128(out ulong first) && cursor.TryReadUleb128(out ulong last)
                    && TryGetAddress(first, out start) && TryGetAddress(last, out end);
                break;
            case StartXLength:
                isRead = cursor.TryReadUleb128(out first) && cursor.TryReadUleb128(out end) && TryGetAddress(first, out start);
                end = unchecked(start + end);
                break;
            case StartEnd:
                isRead = cursor.TryReadUnsigned(Header.AddressSize, out start) && cursor.TryReadUnsigned(Header.AddressSize, out end);
                break;
            case StartLength:
                isRead = cursor.TryReadUnsigned(Header.AddressSize, out start) && cursor.TryReadUleb128(out end);
                end = unchecked(start + end);
                break;
            default:
                return false;
        }

        if (isRead)
        {
            Add(start, end, ranges);
        }

        return isRead;
    }

    // .debug_ranges (DWARF 4, 2.17.3): pairs of offsets from a base; a first one of all ones sets another base; two zeros are the end.
    private void AddOldList(ulong offset, List<AddressRange> ranges)
    {
        ulong origin = _lowPc;
        ulong mark = Header.AddressSize == 8 ? ulong.MaxValue : uint.MaxValue;
        for (int i = 0; i < MaxRanges && _sections.Budget.TryStep(); i++)
        {
            ByteCursor cursor = new(_addresses.Get(DwarfSection.Ranges, unchecked(offset + LongestRange)));
            if (!cursor.TrySeek(offset)
                || !cursor.TryReadUnsigned(Header.AddressSize, out ulong start)
                || !cursor.TryReadUnsigned(Header.AddressSize, out ulong end)
                || (start == 0 && end == 0))
            {
                return;
            }

            offset = (ulong)cursor.Position;
            if (start == mark)
            {
                origin = end;
            }
            else
            {
                Add(unchecked(start + origin), unchecked(end + origin), ranges);
            }
        }
    }
}
