using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The rules of one range of code: an FDE (DWARF 5, 6.4.1; Linux Standard Base 5, Core, 10.6.1.2).</summary>
internal readonly ref struct FrameDescriptionEntry
{
    /// <summary>The code, by linked addresses.</summary>
    public AddressRange Function { get; private init; }

    /// <summary>The instructions that make the rows after the first.</summary>
    public ReadOnlySpan<byte> Instructions { get; private init; }

    /// <summary>Reads an entry from after its pointer to the CIE.</summary>
    /// <param name="bytes">The rest of the entry.</param>
    /// <param name="bytesAddress">The linked address of the first of them.</param>
    /// <param name="dataBase">The base of <c>DW_EH_PE_datarel</c>.</param>
    /// <param name="isEhFrame">Whether addresses are encoded as the CIE says.</param>
    /// <param name="cie">The CIE.</param>
    /// <param name="entry">The entry.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> bytes, ulong bytesAddress, ulong dataBase, bool isEhFrame, scoped in CommonInformationEntry cie, out FrameDescriptionEntry entry)
    {
        entry = default;
        ByteCursor cursor = new(bytes);
        ulong start;
        ulong length;
        if (isEhFrame)
        {
            if (!PointerEncoding.TryReadAddress(ref cursor, cie.PointerEncoding, bytesAddress, dataBase, 0, out start)
                || !PointerEncoding.TryReadValue(ref cursor, cie.PointerEncoding, out length))
            {
                return false;
            }

            // The length is written in the format of the address but is never negative.
            length &= PointerEncoding.SizeOf(cie.PointerEncoding) switch { 2 => ushort.MaxValue, 4 => uint.MaxValue, _ => ulong.MaxValue };
        }
        else if (!cursor.TrySkip((ulong)cie.SegmentSize)
            || !cursor.TryReadUnsigned(cie.AddressSize, out start)
            || !cursor.TryReadUnsigned(cie.AddressSize, out length))
        {
            return false;
        }

        if (cie.HasAugmentationData && !(cursor.TryReadUleb128(out ulong augmentation) && cursor.TrySkip(augmentation)))
        {
            return false;
        }

        entry = new FrameDescriptionEntry { Function = AddressRange.OfLength(start, length), Instructions = cursor.Rest };
        return true;
    }
}
