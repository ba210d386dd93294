using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>The part that many functions share: a CIE (DWARF 5, 6.4.1; Linux Standard Base 5, Core, 10.6.1.1).</summary>
internal readonly ref struct CommonInformationEntry
{
    /// <summary>The unit of <c>DW_CFA_advance_loc</c>.</summary>
    public required ulong CodeAlignment { get; init; }

    /// <summary>The unit of offsets.</summary>
    public required long DataAlignment { get; init; }

    /// <summary>The DWARF register number of the return address.</summary>
    public required int ReturnAddressRegister { get; init; }

    /// <summary>How the addresses of its functions are written (augmentation <c>R</c>).</summary>
    public required byte PointerEncoding { get; init; }

    /// <summary>Bytes of an address where the encoding does not say it (<c>.debug_frame</c>, version 4).</summary>
    public required int AddressSize { get; init; }

    /// <summary>Bytes of a segment selector before an address (<c>.debug_frame</c>, version 4); 0 on our processors.</summary>
    public required int SegmentSize { get; init; }

    /// <summary>Whether each of its functions has augmentation data with a length (augmentation <c>z</c>).</summary>
    public required bool HasAugmentationData { get; init; }

    /// <summary>Whether its functions are signal trampolines (augmentation <c>S</c>).</summary>
    public required bool IsSignalFrame { get; init; }

    /// <summary>The instructions that make the first row.</summary>
    public required ReadOnlySpan<byte> Instructions { get; init; }

    /// <summary>Reads an entry from after its CIE id.</summary>
    /// <param name="bytes">The rest of the entry.</param>
    /// <param name="entry">The entry.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out CommonInformationEntry entry)
    {
        entry = default;
        ByteCursor cursor = new(bytes);
        if (!cursor.TryReadByte(out byte version) || version is not (1 or 3 or 4) || !cursor.TryReadString(out ReadOnlySpan<byte> augmentation))
        {
            return false;
        }

        byte addressSize = sizeof(ulong);
        byte segmentSize = 0;

        // Version 4 (DWARF 4 and 5, section 6.4.1) adds two sizes. The augmentation "eh" of GCC 2 adds a pointer.
        if ((version == 4 && !(cursor.TryReadByte(out addressSize) && cursor.TryReadByte(out segmentSize)))
            || (augmentation.SequenceEqual("eh"u8) && !cursor.TrySkip(sizeof(ulong)))
            || !cursor.TryReadUleb128(out ulong codeAlignment)
            || !cursor.TryReadSleb128(out long dataAlignment)
            || !TryReadRegister(ref cursor, version, out ulong register)
            || addressSize is 0 or > sizeof(ulong)
            || register > int.MaxValue)
        {
            return false;
        }

        if (!TryReadAugmentation(ref cursor, augmentation, out byte encoding, out bool hasData, out bool isSignalFrame))
        {
            return false;
        }

        entry = new CommonInformationEntry
        {
            CodeAlignment = codeAlignment,
            DataAlignment = dataAlignment,
            ReturnAddressRegister = (int)register,
            PointerEncoding = encoding,
            AddressSize = addressSize,
            SegmentSize = segmentSize,
            HasAugmentationData = hasData,
            IsSignalFrame = isSignalFrame,
            Instructions = cursor.Rest,
        };
        return true;
    }

    // DWARF 2 (version 1) has one byte there.
    private static bool TryReadRegister(ref ByteCursor cursor, byte version, out ulong register)
    {
        if (version != 1)
        {
            return cursor.TryReadUleb128(out register);
        }

        bool isRead = cursor.TryReadByte(out byte small);
        register = small;
        return isRead;
    }

    private static bool TryReadAugmentation(
        ref ByteCursor cursor, ReadOnlySpan<byte> augmentation, out byte encoding, out bool hasData, out bool isSignalFrame)
    {
        encoding = CallFrames.PointerEncoding.Absolute;
        hasData = false;
        isSignalFrame = false;
        ulong end = 0;
        foreach (byte letter in augmentation)
        {
            bool isRead = letter switch
            {
                (byte)'z' => hasData = cursor.TryReadUleb128(out end) && end <= (ulong)cursor.Remaining,
                (byte)'R' => cursor.TryReadByte(out encoding),
                (byte)'L' => cursor.TrySkip(1), // the encoding of the language-specific data
                (byte)'P' => cursor.TryReadByte(out byte personality) && CallFrames.PointerEncoding.TrySkip(ref cursor, personality),
                (byte)'S' => isSignalFrame = true,
                (byte)'B' or (byte)'G' => true, // aarch64: return addresses signed with the B key; memory tagging of the stack
                (byte)'e' or (byte)'h' => augmentation.Length == 2,
                _ => false,
            };
            if (!isRead)
            {
                return false;
            }

            if (letter == 'z')
            {
                end += (ulong)cursor.Position;
            }
        }

        // Data that a later version adds after the known fields is skipped.
        return !hasData || ((ulong)cursor.Position <= end && cursor.TrySeek(end));
    }
}
