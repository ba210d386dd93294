using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>
/// How an address is written in <c>.eh_frame</c> and <c>.eh_frame_hdr</c>: a byte whose low half is the format and whose high half is
/// the base (Linux Standard Base 5, Core, 10.5.1 "DWARF Exception Header Encoding").
/// </summary>
internal static class PointerEncoding
{
    public const byte Absolute = 0x00; // DW_EH_PE_absptr
    public const byte Signed4 = 0x0b; // DW_EH_PE_sdata4
    public const byte PcRelative = 0x10; // DW_EH_PE_pcrel
    public const byte DataRelative = 0x30; // DW_EH_PE_datarel
    public const byte Omitted = 0xff; // DW_EH_PE_omit

    private const byte FormatMask = 0x0f;
    public const byte BaseMask = 0x70;
    private const byte Indirect = 0x80; // DW_EH_PE_indirect: the address of a pointer; not used for the pointers that we need

    private const byte Uleb128 = 0x01;
    private const byte Unsigned2 = 0x02;
    private const byte Unsigned4 = 0x03;
    private const byte Unsigned8 = 0x04;
    private const byte Signed = 0x08; // DW_EH_PE_signed: as wide as a pointer
    private const byte Sleb128 = 0x09;
    private const byte Signed2 = 0x0a;
    private const byte Signed8 = 0x0c;

    private const byte TextRelative = 0x20;
    private const byte FunctionRelative = 0x40;
    private const byte Aligned = 0x50;

    /// <summary>The bytes that a pointer takes; 0 where that depends on its value or the encoding is unknown.</summary>
    public static int SizeOf(byte encoding) => (encoding & FormatMask) switch
    {
        Absolute or Unsigned8 or Signed or Signed8 => 8,
        Unsigned4 or Signed4 => 4,
        Unsigned2 or Signed2 => 2,
        _ => 0,
    };

    /// <summary>Reads only the number, as for the length of a range, which has no base.</summary>
    public static bool TryReadValue(ref ByteCursor cursor, byte encoding, out ulong value)
    {
        bool isRead;
        switch (encoding & FormatMask)
        {
            case Absolute or Unsigned8 or Signed or Signed8:
                return cursor.TryReadUInt64(out value);
            case Unsigned4:
                isRead = cursor.TryReadUInt32(out uint unsigned4);
                value = unsigned4;
                return isRead;
            case Signed4:
                isRead = cursor.TryReadInt32(out int signed4);
                value = (ulong)signed4;
                return isRead;
            case Uleb128:
                return cursor.TryReadUleb128(out value);
            case Sleb128:
                isRead = cursor.TryReadSleb128(out long leb);
                value = (ulong)leb;
                return isRead;
            case Unsigned2:
                isRead = cursor.TryReadUInt16(out ushort unsigned2);
                value = unsigned2;
                return isRead;
            case Signed2:
                isRead = cursor.TryReadInt16(out short signed2);
                value = (ulong)signed2;
                return isRead;
            default:
                value = 0;
                return false;
        }
    }

    /// <summary>Reads an address. The number 0 means none, whatever its base is, as in libgcc's <c>unwind-pe.h</c>.</summary>
    /// <param name="cursor">Where it is.</param>
    /// <param name="encoding">How it is written.</param>
    /// <param name="cursorAddress">The linked address of the cursor's first byte.</param>
    /// <param name="dataBase">The base of <c>DW_EH_PE_datarel</c>: the address of <c>.eh_frame_hdr</c>.</param>
    /// <param name="functionBase">The base of <c>DW_EH_PE_funcrel</c>: the function's address.</param>
    /// <param name="address">The linked address.</param>
    public static bool TryReadAddress(
        ref ByteCursor cursor, byte encoding, ulong cursorAddress, ulong dataBase, ulong functionBase, out ulong address)
    {
        address = 0;
        if ((encoding & Indirect) != 0 || ((encoding & BaseMask) == Aligned && !cursor.TryAlign(sizeof(ulong))))
        {
            return false;
        }

        ulong place = unchecked(cursorAddress + (ulong)cursor.Position);
        if (!TryReadValue(ref cursor, encoding, out ulong value))
        {
            return false;
        }

        if (value == 0)
        {
            return true;
        }

        switch (encoding & BaseMask)
        {
            case Absolute or Aligned or TextRelative:
                // The text base is 0 on both of our processors (libgcc, unwind-dw2-fde-dip.c: neither defines one).
                address = value;
                return true;
            case PcRelative:
                address = unchecked(value + place);
                return true;
            case DataRelative:
                address = unchecked(value + dataBase);
                return true;
            case FunctionRelative:
                address = unchecked(value + functionBase);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Skips a pointer that is not needed, such as that of the personality routine.</summary>
    public static bool TrySkip(ref ByteCursor cursor, byte encoding)
        => encoding == Omitted
            || (((encoding & BaseMask) != Aligned || cursor.TryAlign(sizeof(ulong))) && TryReadValue(ref cursor, encoding, out _));
}
