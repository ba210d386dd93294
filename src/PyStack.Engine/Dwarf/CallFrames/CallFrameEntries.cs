using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The start of an entry.</summary>
/// <param name="IsCie">Whether it is a CIE; otherwise an FDE.</param>
/// <param name="Cie">Of an FDE: where its CIE is, from the start of the section.</param>
/// <param name="Body">Where the rest begins, from the start of the section.</param>
/// <param name="End">Where the next entry begins.</param>
internal readonly record struct EntryHeader(bool IsCie, ulong Cie, ulong Body, ulong End);

/// <summary>The entries of an <c>.eh_frame</c> or <c>.debug_frame</c>, read in place.</summary>
/// <param name="bytes">The section.</param>
/// <param name="address">Its linked address; a <c>.debug_frame</c> has none and needs none.</param>
/// <param name="dataBase">The linked address of <c>.eh_frame_hdr</c>, or 0.</param>
/// <param name="isEhFrame">Which of the two it is.</param>
internal readonly ref struct CallFrameEntries(ReadOnlySpan<byte> bytes, ulong address, ulong dataBase, bool isEhFrame)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Reads the start of the entry at an offset. A length of 0 is an entry without a body.</summary>
    public bool TryReadHeader(ulong offset, out EntryHeader header)
    {
        header = default;
        ByteCursor cursor = new(_bytes);
        if (!cursor.TrySeek(offset) || !InitialLength.TryRead(ref cursor, (ulong)_bytes.Length, out ulong length, out int offsetSize))
        {
            return false;
        }

        bool is64 = offsetSize == sizeof(ulong);
        ulong end = (ulong)cursor.Position + length;
        if (length == 0)
        {
            header = new EntryHeader(IsCie: true, 0, end, end);
            return true;
        }

        // An .eh_frame keeps a distance of 4 bytes even with a 64-bit length; a .debug_frame an offset as wide as the length.
        ulong place = (ulong)cursor.Position;
        ulong id;
        if (isEhFrame || !is64)
        {
            if (length < sizeof(uint) || !cursor.TryReadUInt32(out uint id32))
            {
                return false;
            }

            id = id32;
        }
        else if (length < sizeof(ulong) || !cursor.TryReadUInt64(out id))
        {
            return false;
        }

        bool isCie = isEhFrame ? id == 0 : id == (is64 ? ulong.MaxValue : uint.MaxValue);
        header = new EntryHeader(isCie, isEhFrame ? unchecked(place - id) : id, (ulong)cursor.Position, end);
        return true;
    }

    /// <summary>Reads the CIE at an offset.</summary>
    public bool TryReadCie(ulong offset, out CommonInformationEntry cie)
    {
        cie = default;
        return TryReadHeader(offset, out EntryHeader header)
            && header.IsCie
            && header.Body < header.End
            && CommonInformationEntry.TryRead(_bytes[(int)header.Body..(int)header.End], out cie);
    }

    /// <summary>Reads the FDE at an offset and its CIE.</summary>
    public bool TryReadFde(ulong offset, out FrameDescriptionEntry fde, out CommonInformationEntry cie)
    {
        fde = default;
        cie = default;
        return TryReadHeader(offset, out EntryHeader header)
            && !header.IsCie
            && TryReadCie(header.Cie, out cie)
            && TryReadFde(header, cie, out fde);
    }

    /// <summary>Reads an FDE whose CIE is known.</summary>
    public bool TryReadFde(EntryHeader header, scoped in CommonInformationEntry cie, out FrameDescriptionEntry fde)
        => FrameDescriptionEntry.TryRead(
            _bytes[(int)header.Body..(int)header.End], unchecked(address + header.Body), dataBase, isEhFrame, cie, out fde);

    /// <summary>Fills the row for an address that the FDE at an offset must cover.</summary>
    public bool TryFillRow(ulong offset, ulong linkedAddress, CallFrameRow row)
        => TryReadFde(offset, out FrameDescriptionEntry fde, out CommonInformationEntry cie)
            && fde.Function.Contains(linkedAddress)
            && new CallFrameProgram(cie, isEhFrame, address, dataBase).TryRun(fde, linkedAddress, row);
}
