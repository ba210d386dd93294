using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>Where the parts of a split unit begin in the sections of its file: all at 0 in a file of its own (<c>.dwo</c>), by an index in a package (<c>.dwp</c>).</summary>
internal readonly record struct SplitPlace(ulong Info, ulong Abbreviations, ulong StringOffsets, ulong RangeLists)
{
    // DW_SECT_* (DWARF 5, table 7.1); the same in GNU's version 2.
    private const uint InfoColumn = 1;
    private const uint AbbreviationsColumn = 3;
    private const uint StringOffsetsColumn = 6;
    private const uint RangeListsColumn = 8;

    private const ulong HeaderBytes = 16;
    private const uint MaxColumns = 16;
    private const uint MaxUnits = 1 << 20;

    /// <summary>Looks a unit up in the index of a package: a hash table by id, then a table of offsets (DWARF 5, 7.3.5.3).</summary>
    public static bool TryFind(DwarfSections package, ulong id, out SplitPlace place)
    {
        place = default;
        if (!TryRead(package, 0, out uint version)
            || !TryRead(package, 4, out uint columns)
            || !TryRead(package, 8, out uint units)
            || !TryRead(package, 12, out uint slots)
            || (version & 0xffff) is not (2 or 5)
            || columns > MaxColumns
            || units > MaxUnits
            || slots is 0 or > 4 * MaxUnits
            || !uint.IsPow2(slots))
        {
            return false;
        }

        uint slot = (uint)id & (slots - 1);
        uint step = ((uint)(id >> 32) & (slots - 1)) | 1;
        ulong rows = HeaderBytes + (8UL * slots);
        for (uint i = 0; i < slots && package.Budget.TryStep(); i++, slot = (slot + step) & (slots - 1))
        {
            if (!TryRead(package, rows + (4UL * slot), out uint row) || row == 0 || row > units)
            {
                return false;
            }

            ulong signature = HeaderBytes + (8UL * slot);
            if (TryRead(package, signature, out uint low) && TryRead(package, signature + 4, out uint high) && (low | ((ulong)high << 32)) == id)
            {
                place = Of(package, rows + (4UL * slots), columns, row);
                return true;
            }
        }

        return false;
    }

    private static SplitPlace Of(DwarfSections package, ulong table, uint columns, uint row)
    {
        SplitPlace place = default;
        for (uint column = 0; column < columns; column++)
        {
            if (!TryRead(package, table + (4UL * column), out uint section) || !TryRead(package, table + (4UL * ((row * columns) + column)), out uint offset))
            {
                break;
            }

            place = section switch
            {
                InfoColumn => place with { Info = offset },
                AbbreviationsColumn => place with { Abbreviations = offset },
                StringOffsetsColumn => place with { StringOffsets = offset },
                RangeListsColumn => place with { RangeLists = offset },
                _ => place,
            };
        }

        return place;
    }

    private static bool TryRead(DwarfSections package, ulong offset, out uint value)
    {
        value = 0;
        ByteCursor cursor = new(package.Get(DwarfSection.UnitIndex, offset + sizeof(uint)));
        return cursor.TrySeek(offset) && cursor.TryReadUInt32(out value);
    }
}
