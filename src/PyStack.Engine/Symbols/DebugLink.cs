using System;
using System.Buffers.Binary;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Symbols;

/// <summary>The name and the checksum of a separate debug file, as <c>objcopy --add-gnu-debuglink</c> writes them into <c>.gnu_debuglink</c>.</summary>
internal static class DebugLink
{
    /// <summary>The polynomial of CRC-32 (ISO 3309), bits reversed; GDB manual, "Debugging Information in Separate Files".</summary>
    private const uint Polynomial = 0xedb88320;

    private const int ChunkBytes = 1 << 16;

    // NAME_MAX and PATH_MAX of linux/limits.h.
    private const int LongestName = 255;
    private const int LongestPath = 4096;

    /// <summary>A build-id has 20 bytes, or what its maker wanted.</summary>
    private const int MaxBuildIdBytes = 64;

    private static readonly uint[] Table = MakeTable();

    /// <summary>Reads the section: a name that ends in a zero byte, bytes up to a multiple of 4, and the checksum.</summary>
    public static bool TryRead(ElfSections sections, out string name, out uint checksum)
    {
        name = "";
        checksum = 0;
        if (!sections.TryFind(".gnu_debuglink"u8, out SectionHeader section) || !sections.TryGetBytes(section, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        int length = bytes.IndexOf((byte)0);
        int place = (length + 4) & ~3;
        if (length is <= 0 or > LongestName || place > bytes.Length - sizeof(uint) || bytes[..length].Contains((byte)'/'))
        {
            return false;
        }

        name = PathText.Decode(bytes[..length]);
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes[place..]);
        return true;
    }

    /// <summary>Reads <c>.gnu_debugaltlink</c>, as <c>dwz -m</c> writes it: a name that ends in a zero byte, and a build-id.</summary>
    public static bool TryReadAlternate(ElfSections sections, out string name, out string buildId)
    {
        name = "";
        buildId = "";
        if (!sections.TryFind(".gnu_debugaltlink"u8, out SectionHeader section) || !sections.TryGetBytes(section, out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        int length = bytes.IndexOf((byte)0);
        if (length is <= 0 or >= LongestPath || bytes.Length - length - 1 is < 1 or > MaxBuildIdBytes)
        {
            return false;
        }

        name = PathText.Decode(bytes[..length]);
        buildId = Convert.ToHexStringLower(bytes[(length + 1)..]);
        return true;
    }

    /// <summary>The checksum of a whole file.</summary>
    public static uint ChecksumOf(IFileBytes file)
    {
        uint sum = uint.MaxValue;
        byte[] chunk = new byte[ChunkBytes];
        for (ulong offset = 0; offset < file.Length;)
        {
            int count = file.Read(offset, chunk);
            if (count == 0)
            {
                break;
            }

            foreach (byte one in chunk.AsSpan(0, count))
            {
                sum = Table[(byte)sum ^ one] ^ (sum >> 8);
            }

            offset += (ulong)count;
        }

        return ~sum;
    }

    private static uint[] MakeTable()
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? (value >> 1) ^ Polynomial : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
