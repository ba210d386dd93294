using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>The kind of a form's value.</summary>
internal enum AttributeKind : byte
{
    /// <summary>A value that is not used: a block, a signature.</summary>
    Other,

    /// <summary>A number: constant, flag, or offset into a section.</summary>
    Number,

    /// <summary>An address.</summary>
    Address,

    /// <summary>An index into <c>.debug_addr</c>.</summary>
    AddressIndex,

    /// <summary>A string in this place, at the offset that the number says in <c>.debug_info</c>.</summary>
    InlineString,

    /// <summary>An offset into <c>.debug_str</c>.</summary>
    String,

    /// <summary>An offset into <c>.debug_line_str</c>.</summary>
    LineString,

    /// <summary>An index into <c>.debug_str_offsets</c>.</summary>
    StringIndex,

    /// <summary>An entry, by its offset in the unit.</summary>
    UnitReference,

    /// <summary>An entry, by its offset in <c>.debug_info</c>.</summary>
    Reference,

    /// <summary>An index into the unit's range lists.</summary>
    RangeListIndex,

    /// <summary>An offset into <c>.debug_str</c> of the alternate file.</summary>
    AlternateString,

    /// <summary>An entry, by its offset in <c>.debug_info</c> of the alternate file.</summary>
    AlternateReference,
}

/// <summary>One attribute's value as it is written.</summary>
internal readonly record struct AttributeValue(AttributeKind Kind, ulong Number);

/// <summary>Reads the values of attributes (DWARF 5, 7.5.6, table 7.6; GNU's own forms are those of GCC's dwarf2.h).</summary>
internal static class AttributeForm
{
    private const ushort Addr = 0x01;
    private const ushort Block2 = 0x03;
    private const ushort Block4 = 0x04;
    private const ushort Data2 = 0x05;
    private const ushort Data4 = 0x06;
    private const ushort Data8 = 0x07;
    private const ushort String = 0x08;
    private const ushort Block = 0x09;
    private const ushort Block1 = 0x0a;
    private const ushort Data1 = 0x0b;
    private const ushort Flag = 0x0c;
    private const ushort SData = 0x0d;
    private const ushort StrP = 0x0e;
    private const ushort UData = 0x0f;
    private const ushort RefAddr = 0x10;
    private const ushort Ref1 = 0x11;
    private const ushort Ref2 = 0x12;
    private const ushort Ref4 = 0x13;
    private const ushort Ref8 = 0x14;
    private const ushort RefUData = 0x15;
    private const ushort Indirect = 0x16;
    private const ushort SecOffset = 0x17;
    private const ushort ExprLoc = 0x18;
    private const ushort FlagPresent = 0x19;
    private const ushort StrX = 0x1a;
    private const ushort AddrX = 0x1b;
    private const ushort RefSup4 = 0x1c;
    private const ushort StrPSup = 0x1d;
    private const ushort Data16 = 0x1e;
    private const ushort LineStrP = 0x1f;
    private const ushort RefSig8 = 0x20;

    /// <summary>DW_FORM_implicit_const: the value is in the abbreviation.</summary>
    public const ushort ImplicitConst = 0x21;

    private const ushort LocListX = 0x22;
    private const ushort RngListX = 0x23;
    private const ushort RefSup8 = 0x24;
    private const ushort StrX1 = 0x25;
    private const ushort StrX4 = 0x28;
    private const ushort AddrX1 = 0x29;
    private const ushort AddrX4 = 0x2c;
    private const ushort GnuAddressIndex = 0x1f01;
    private const ushort GnuStringIndex = 0x1f02;
    private const ushort GnuRefAlt = 0x1f20;
    private const ushort GnuStrPAlt = 0x1f21;

    /// <summary>Reads a value and moves after it; false if the form is unknown, so that nothing after it can be read.</summary>
    public static bool TryRead(ref ByteCursor cursor, in AttributeSpecification attribute, in UnitHeader unit, out AttributeValue value)
    {
        ushort form = attribute.Form;
        for (int hops = 0; form == Indirect; hops++)
        {
            if (hops == 4 || !cursor.TryReadUleb128(out ulong real) || real > ushort.MaxValue)
            {
                value = default;
                return false;
            }

            form = (ushort)real;
        }

        ulong number = 0;
        AttributeKind kind = AttributeKind.Number;
        bool isRead;
        switch (form)
        {
            case Addr:
                kind = AttributeKind.Address;
                isRead = cursor.TryReadUnsigned(unit.AddressSize, out number);
                break;
            case Data1 or Flag:
                isRead = cursor.TryReadUnsigned(1, out number);
                break;
            case Data2:
                isRead = cursor.TryReadUnsigned(2, out number);
                break;
            case Data4:
                isRead = cursor.TryReadUnsigned(4, out number);
                break;
            case Data8:
                isRead = cursor.TryReadUnsigned(8, out number);
                break;
            case UData:
                isRead = cursor.TryReadUleb128(out number);
                break;
            case SData:
                isRead = cursor.TryReadSleb128(out long signed);
                number = (ulong)signed;
                break;
            case ImplicitConst:
                number = (ulong)attribute.ImplicitValue;
                isRead = true;
                break;
            case FlagPresent:
                number = 1;
                isRead = true;
                break;
            case SecOffset:
                isRead = cursor.TryReadUnsigned(unit.OffsetSize, out number);
                break;
            case StrP:
                kind = AttributeKind.String;
                isRead = cursor.TryReadUnsigned(unit.OffsetSize, out number);
                break;
            case LineStrP:
                kind = AttributeKind.LineString;
                isRead = cursor.TryReadUnsigned(unit.OffsetSize, out number);
                break;
            case String:
                kind = AttributeKind.InlineString;
                number = (ulong)cursor.Position;
                isRead = cursor.TryReadString(out _);
                break;
            case StrX or GnuStringIndex:
                kind = AttributeKind.StringIndex;
                isRead = cursor.TryReadUleb128(out number);
                break;
            case >= StrX1 and <= StrX4:
                kind = AttributeKind.StringIndex;
                isRead = cursor.TryReadUnsigned(form - StrX1 + 1, out number);
                break;
            case AddrX or GnuAddressIndex:
                kind = AttributeKind.AddressIndex;
                isRead = cursor.TryReadUleb128(out number);
                break;
            case >= AddrX1 and <= AddrX4:
                kind = AttributeKind.AddressIndex;
                isRead = cursor.TryReadUnsigned(form - AddrX1 + 1, out number);
                break;
            case Ref1:
                kind = AttributeKind.UnitReference;
                isRead = cursor.TryReadUnsigned(1, out number);
                break;
            case Ref2:
                kind = AttributeKind.UnitReference;
                isRead = cursor.TryReadUnsigned(2, out number);
                break;
            case Ref4:
                kind = AttributeKind.UnitReference;
                isRead = cursor.TryReadUnsigned(4, out number);
                break;
            case Ref8:
                kind = AttributeKind.UnitReference;
                isRead = cursor.TryReadUnsigned(8, out number);
                break;
            case RefUData:
                kind = AttributeKind.UnitReference;
                isRead = cursor.TryReadUleb128(out number);
                break;
            case RefAddr:
                // DWARF 2 wrote it as wide as an address.
                kind = AttributeKind.Reference;
                isRead = cursor.TryReadUnsigned(unit.Version == 2 ? unit.AddressSize : unit.OffsetSize, out number);
                break;
            case RefSup4:
                kind = AttributeKind.AlternateReference;
                isRead = cursor.TryReadUnsigned(4, out number);
                break;
            case RefSup8:
                kind = AttributeKind.AlternateReference;
                isRead = cursor.TryReadUnsigned(8, out number);
                break;
            case GnuRefAlt:
                kind = AttributeKind.AlternateReference;
                isRead = cursor.TryReadUnsigned(unit.OffsetSize, out number);
                break;
            case StrPSup or GnuStrPAlt:
                kind = AttributeKind.AlternateString;
                isRead = cursor.TryReadUnsigned(unit.OffsetSize, out number);
                break;
            case RngListX:
                kind = AttributeKind.RangeListIndex;
                isRead = cursor.TryReadUleb128(out number);
                break;
            default:
                kind = AttributeKind.Other;
                isRead = TrySkip(ref cursor, form);
                break;
        }

        value = new AttributeValue(kind, number);
        return isRead;
    }

    private static bool TrySkip(ref ByteCursor cursor, ushort form)
    {
        ulong length;
        switch (form)
        {
            case Block1:
                return cursor.TryReadUnsigned(1, out length) && cursor.TrySkip(length);
            case Block2:
                return cursor.TryReadUnsigned(2, out length) && cursor.TrySkip(length);
            case Block4:
                return cursor.TryReadUnsigned(4, out length) && cursor.TrySkip(length);
            case Block or ExprLoc:
                return cursor.TryReadUleb128(out length) && cursor.TrySkip(length);
            case Data16:
                return cursor.TrySkip(16);
            case RefSig8:
                return cursor.TrySkip(8);
            case LocListX:
                return cursor.TryReadUleb128(out _);
            default:
                return false;
        }
    }
}
