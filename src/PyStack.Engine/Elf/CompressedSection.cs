using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PyStack.Engine.Compression;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>Unpacks sections that a linker or objcopy has compressed, as far as they are read.</summary>
internal static class CompressedSection
{
    // ELFCOMPRESS_* (ELF gABI, "Section Compression").
    private const uint ZLib = 1;
    private const uint Zstandard = 2;

    /// <summary>sizeof(Elf64_Chdr): type, reserved, size, alignment.</summary>
    private const int HeaderBytes = 24;

    /// <summary>"ZLIB" and the unpacked size, eight bytes, the most significant first (binutils, "compress-debug-sections=zlib-gnu").</summary>
    private const int OldHeaderBytes = 12;

    /// <summary>Opens a section with the flag SHF_COMPRESSED, to be disposed of by the caller; null where it cannot be unpacked.</summary>
    public static UnpackedBytes? TryOpen(IFileBytes file, in SectionHeader section, Limits limits, BinaryBudget budget)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (section.Size <= HeaderBytes || !file.TryRead(section.FileOffset, header))
        {
            return null;
        }

        uint type = MemoryMarshal.Read<uint>(header);
        ulong size = MemoryMarshal.Read<ulong>(header[8..]);
        return type is ZLib or Zstandard
            ? Open(type == ZLib ? CompressionFormat.ZLib : CompressionFormat.Zstandard, file, section, HeaderBytes, size, limits, budget)
            : null;
    }

    /// <summary>Opens a section named <c>.zdebug_…</c>, as <see cref="TryOpen"/>.</summary>
    public static UnpackedBytes? TryOpenOld(IFileBytes file, in SectionHeader section, Limits limits, BinaryBudget budget)
    {
        Span<byte> header = stackalloc byte[OldHeaderBytes];
        return section.Size > OldHeaderBytes && file.TryRead(section.FileOffset, header) && header.StartsWith("ZLIB"u8)
            ? Open(CompressionFormat.ZLib, file, section, OldHeaderBytes, BinaryPrimitives.ReadUInt64BigEndian(header[4..]), limits, budget)
            : null;
    }

    private static UnpackedBytes? Open(
        CompressionFormat format, IFileBytes file, in SectionHeader section, ulong skipped, ulong size, Limits limits, BinaryBudget budget)
        => size > 0 && size <= (ulong)limits.UnpackedSectionBytes
            ? UnpackedBytes.TryOpen(format, new FilePartStream(file, section.FileOffset + skipped, section.Size - skipped), (long)size, budget)
            : null;
}
