using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>Where the characters of one <c>str</c> are, and how wide they are.</summary>
/// <param name="Address">The first character.</param>
/// <param name="Length">Code points.</param>
/// <param name="Width">Bytes per code point: 1 (ASCII and Latin-1), 2 (UCS-2) or 4 (UCS-4).</param>
internal readonly record struct UnicodeData(ulong Address, int Length, int Width)
{
    public int ByteLength => Length * Width;
}

/// <summary>Reads <c>str</c> objects of all storage kinds (Include/cpython/unicodeobject.h).</summary>
internal static class UnicodeObject
{
    private const uint KindMask = 7;

    /// <summary>Finds a string's characters. At most <paramref name="maxLength"/> code points are reported.</summary>
    public static bool TryLocate(IMemorySource memory, ulong address, UnicodeLayout layout, int maxLength, out UnicodeData data)
    {
        data = default;
        Span<byte> header = stackalloc byte[UnicodeLayout.LargestHead];
        header = header[..layout.AsciiData];
        if (address == 0 || !memory.TryRead(address, header))
        {
            return false;
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(header[layout.Length..]);
        uint state = BinaryPrimitives.ReadUInt32LittleEndian(header[layout.State..]);
        int kind = (int)((state >> layout.KindBit) & KindMask);
        if (length < 0 || kind is not (1 or 2 or 4))
        {
            return false;
        }

        ulong characters;
        if (((state >> layout.CompactBit) & 1) == 0)
        {
            if (!memory.TryReadPointer(address + (ulong)layout.LegacyData, out characters))
            {
                return false;
            }
        }
        else
        {
            bool isAscii = ((state >> layout.AsciiBit) & 1) != 0;
            characters = address + (ulong)(isAscii ? layout.AsciiData : layout.CompactData);
        }

        data = new UnicodeData(characters, (int)Math.Min(length, maxLength), kind);
        return true;
    }

    /// <summary>Reads a string; a longer one than <paramref name="maxLength"/> code points is cut.</summary>
    public static bool TryRead(IMemorySource memory, ulong address, UnicodeLayout layout, int maxLength, out string text)
    {
        text = "";
        if (!TryLocate(memory, address, layout, maxLength, out UnicodeData data))
        {
            return false;
        }

        byte[] bytes = new byte[data.ByteLength];
        if (!memory.TryRead(data.Address, bytes))
        {
            return false;
        }

        text = data.Width switch
        {
            1 => Encoding.Latin1.GetString(bytes),
            2 => new string(MemoryMarshal.Cast<byte, char>(bytes)),
            _ => FromUcs4(MemoryMarshal.Cast<byte, uint>(bytes)),
        };
        return true;
    }

    private static string FromUcs4(ReadOnlySpan<uint> codePoints)
    {
        StringBuilder text = new(codePoints.Length + 8);
        foreach (uint codePoint in codePoints)
        {
            // A lone surrogate is a code point that Python allows (os.fsdecode makes them); it is kept as it is.
            if (codePoint <= char.MaxValue)
            {
                text.Append((char)codePoint);
            }
            else
            {
                text.Append(Rune.TryCreate(codePoint, out Rune rune) ? rune.ToString() : "\uFFFD");
            }
        }

        return text.ToString();
    }
}
