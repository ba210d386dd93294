using System;
using System.IO;
using System.IO.Compression;
using System.Runtime.InteropServices;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf;

/// <summary>The debug sections of one file (DWARF 5, 7.3.1): each is looked up, and unpacked where it is compressed, when it is first asked for.</summary>
internal sealed class DwarfSections(ElfSections sections, IFileBytes file, Limits limits)
{
    /// <summary>ELFCOMPRESS_ZLIB (ELF gABI, "Section Compression").</summary>
    private const uint ZLib = 1;

    /// <summary>sizeof(Elf64_Chdr): type, reserved, size, alignment.</summary>
    private const int CompressionHeader = 24;

    private readonly SectionBytes?[] _found = new SectionBytes?[Names.Length];
    private readonly bool[] _isTried = new bool[Names.Length];

    /// <summary>In the order of <see cref="DwarfSection"/>.</summary>
    private static readonly string[] Names =
    [
        ".debug_info", ".debug_abbrev", ".debug_str", ".debug_line", ".debug_line_str", ".debug_aranges", ".debug_ranges", ".debug_rnglists",
        ".debug_addr", ".debug_str_offsets",
    ];

    /// <summary>The bytes of a section; empty where the file has none, or has it in a form that cannot be read.</summary>
    public ReadOnlySpan<byte> Get(DwarfSection section)
    {
        int index = (int)section;
        if (!_isTried[index])
        {
            _found[index] = Find(Names[index]);
            _isTried[index] = true;
        }

        return _found[index] is SectionBytes found && found.TryGet(out ReadOnlySpan<byte> bytes) ? bytes : default;
    }

    private SectionBytes? Find(string name)
    {
        if (!sections.TryFind(System.Text.Encoding.ASCII.GetBytes(name), out SectionHeader section) || !section.HasBytes)
        {
            return null;
        }

        return !section.IsCompressed
            ? new SectionBytes(file, section)
            : sections.TryGetBytes(section, out ReadOnlySpan<byte> packed) && TryUnpack(packed, out byte[] bytes) ? new SectionBytes(bytes, section.Address) : null;
    }

    private bool TryUnpack(ReadOnlySpan<byte> packed, out byte[] bytes)
    {
        bytes = [];
        if (packed.Length < CompressionHeader || MemoryMarshal.Read<uint>(packed) != ZLib)
        {
            return false;
        }

        ulong size = MemoryMarshal.Read<ulong>(packed[8..]);
        if (size == 0 || size > (ulong)limits.UnpackedSectionBytes)
        {
            return false;
        }

        try
        {
            using MemoryStream input = new(packed[CompressionHeader..].ToArray());
            using ZLibStream stream = new(input, CompressionMode.Decompress);
            byte[] unpacked = new byte[size];
            stream.ReadExactly(unpacked);
            bytes = unpacked;
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            return false;
        }
    }
}

/// <summary>The sections that are read.</summary>
internal enum DwarfSection
{
    Info,
    Abbreviations,
    Strings,
    Lines,
    LineStrings,
    AddressRanges,
    Ranges,
    RangeLists,
    Addresses,
    StringOffsets,
}
