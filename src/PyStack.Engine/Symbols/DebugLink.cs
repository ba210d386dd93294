using System;
using System.Buffers.Binary;
using PyStack.Engine.Compression;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Symbols;

/// <summary>The name and the checksum of a separate debug file, as <c>objcopy --add-gnu-debuglink</c> writes them into <c>.gnu_debuglink</c>.</summary>
internal static class DebugLink
{
    // NAME_MAX and PATH_MAX of linux/limits.h.
    private const int LongestName = 255;
    private const int LongestPath = 4096;

    /// <summary>A build-id usually has 20 bytes, but any length is possible.</summary>
    private const int MaxBuildIdBytes = 64;

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

    /// <summary>The checksum of a whole file: CRC-32 (GDB manual, "Debugging Information in Separate Files"). Null where it cannot be obtained.</summary>
    public static uint? ChecksumOf(IFileBytes file)
    {
        using FilePartStream stream = new(file, 0, file.Length);
        return CodecLibrary.Crc?.Invoke(stream);
    }
}
