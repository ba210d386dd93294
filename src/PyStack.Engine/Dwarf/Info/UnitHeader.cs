using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>The start of a unit of <c>.debug_info</c> (DWARF 5, 7.5.1).</summary>
/// <param name="Offset">Where the unit begins in the section; references in it are relative to this.</param>
/// <param name="End">Where the next one begins.</param>
/// <param name="FirstEntry">Where its first entry is.</param>
/// <param name="Abbreviations">Where its abbreviations are in <c>.debug_abbrev</c>.</param>
/// <param name="OffsetSize">4, or 8 in the 64-bit format.</param>
/// <param name="SplitId">Of a split unit and of its skeleton, from DWARF 5 on; else null.</param>
internal readonly record struct UnitHeader(
    ulong Offset, ulong End, ulong FirstEntry, ulong Abbreviations, ushort Version, byte Type, int AddressSize, int OffsetSize, ulong? SplitId = null)
{
    // DWARF 5, table 7.2: DW_UT_*.
    private const byte Compile = 1;
    private const byte TypeUnit = 2;
    private const byte Skeleton = 4;
    private const byte SplitCompile = 5;
    private const byte SplitType = 6;

    /// <summary>Whether it has code: units of types have none.</summary>
    public bool HasCode => Type is not (TypeUnit or SplitType);

    /// <summary>More than a header has: 12 + 2 + 1 + 1 + 8 + 16 bytes.</summary>
    private const ulong MostBytes = 64;

    /// <summary>Reads the header at an offset.</summary>
    public static bool TryRead(DwarfSections sections, ulong offset, out UnitHeader header)
    {
        header = default;
        ulong end = sections.LengthOf(DwarfSection.Info);
        if (offset >= end || !sections.Budget.TryStep())
        {
            return false;
        }

        ByteCursor cursor = new(sections.Get(DwarfSection.Info, offset + MostBytes));
        if (!cursor.TrySeek(offset) || !InitialLength.TryRead(ref cursor, end, out ulong length, out int offsetSize))
        {
            return false;
        }

        end = (ulong)cursor.Position + length;
        if (!cursor.TryReadUInt16(out ushort version) || version is < 2 or > 5)
        {
            return false;
        }

        byte type = Compile;
        byte addressSize;
        ulong abbreviations;
        bool isRead = version >= 5
            ? cursor.TryReadByte(out type) & cursor.TryReadByte(out addressSize) & cursor.TryReadUnsigned(offsetSize, out abbreviations)
            : cursor.TryReadUnsigned(offsetSize, out abbreviations) & cursor.TryReadByte(out addressSize);
        ulong? splitId = null;
        if (type is Skeleton or SplitCompile)
        {
            isRead &= cursor.TryReadUInt64(out ulong id);
            splitId = id;
        }

        ulong rest = type is TypeUnit or SplitType ? 8 + (ulong)offsetSize : 0; // signature, offset of the type
        if (!isRead || !cursor.TrySkip(rest) || addressSize is not (4 or 8) || (ulong)cursor.Position > end)
        {
            return false;
        }

        header = new UnitHeader(offset, end, (ulong)cursor.Position, abbreviations, version, type, addressSize, offsetSize, splitId);
        return true;
    }
}
