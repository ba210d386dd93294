using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using PyStack.Engine.Compression;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>Unpacks sections that a linker or objcopy has compressed.</summary>
internal static class CompressedSection
{
    // ELFCOMPRESS_* (ELF gABI, "Section Compression").
    private const uint ZLib = 1;
    private const uint Zstandard = 2;

    /// <summary>sizeof(Elf64_Chdr): type, reserved, size, alignment.</summary>
    private const int HeaderBytes = 24;

    /// <summary>"ZLIB" and the unpacked size, eight bytes, the most significant first (binutils, "compress-debug-sections=zlib-gnu").</summary>
    private const int OldHeaderBytes = 12;

    /// <summary>Unpacks a section with the flag SHF_COMPRESSED.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, Limits limits, out byte[] bytes)
    {
        bytes = [];
        if (packed.Length < HeaderBytes)
        {
            return false;
        }

        uint type = MemoryMarshal.Read<uint>(packed);
        ulong size = MemoryMarshal.Read<ulong>(packed[8..]);
        return type is ZLib or Zstandard
            && IsBounded(size, limits)
            && Unpacker.TryUnpack(type == ZLib ? CompressionFormat.ZLib : CompressionFormat.Zstandard, packed[HeaderBytes..], (long)size, out bytes);
    }

    /// <summary>Unpacks a section named <c>.zdebug_…</c>.</summary>
    public static bool TryUnpackOld(ReadOnlySpan<byte> packed, Limits limits, out byte[] bytes)
    {
        bytes = [];
        return packed.Length > OldHeaderBytes
            && packed.StartsWith("ZLIB"u8)
            && BinaryPrimitives.ReadUInt64BigEndian(packed[4..]) is ulong size
            && IsBounded(size, limits)
            && Unpacker.TryUnpack(CompressionFormat.ZLib, packed[OldHeaderBytes..], (long)size, out bytes);
    }

    private static bool IsBounded(ulong size, Limits limits) => size > 0 && size <= (ulong)limits.UnpackedSectionBytes;
}
