using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Elf;

/// <summary>ELF gABI, Elf64_Ehdr: the first 64 bytes of a file, field by field.</summary>
/// <param name="Magic">e_ident[EI_MAG0..3].</param>
/// <param name="Class">e_ident[EI_CLASS].</param>
/// <param name="Encoding">e_ident[EI_DATA].</param>
/// <param name="IdentVersion">e_ident[EI_VERSION].</param>
/// <param name="OsAbi">e_ident[EI_OSABI].</param>
/// <param name="IdentRest">e_ident[EI_ABIVERSION] and padding.</param>
/// <param name="Type">e_type.</param>
/// <param name="Machine">e_machine.</param>
/// <param name="Version">e_version.</param>
/// <param name="Entry">e_entry.</param>
/// <param name="SegmentsOffset">e_phoff.</param>
/// <param name="SectionsOffset">e_shoff.</param>
/// <param name="Flags">e_flags.</param>
/// <param name="HeaderSize">e_ehsize.</param>
/// <param name="SegmentSize">e_phentsize.</param>
/// <param name="SegmentCount">e_phnum.</param>
/// <param name="SectionSize">e_shentsize.</param>
/// <param name="SectionCount">e_shnum.</param>
/// <param name="SectionNamesIndex">e_shstrndx.</param>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal readonly record struct ElfHeader(
    uint Magic,
    byte Class,
    byte Encoding,
    byte IdentVersion,
    byte OsAbi,
    ulong IdentRest,
    ElfType Type,
    ElfMachine Machine,
    uint Version,
    ulong Entry,
    ulong SegmentsOffset,
    ulong SectionsOffset,
    uint Flags,
    ushort HeaderSize,
    ushort SegmentSize,
    ushort SegmentCount,
    ushort SectionSize,
    ushort SectionCount,
    ushort SectionNamesIndex)
{
    /// <summary>sizeof(Elf64_Ehdr).</summary>
    public const int Length = 64;

    /// <summary>PN_XNUM: the true number of segments is in sh_info of section 0.</summary>
    public const ushort ExtendedSegmentCount = 0xffff;

    /// <summary>SHN_XINDEX in e_shstrndx: the true index is in sh_link of section 0.</summary>
    public const ushort ExtendedSectionIndex = 0xffff;

    /// <summary>"\x7fELF", ELFMAG.</summary>
    private const uint ElfMagic = 0x464c457f;

    private const byte Class32 = 1;
    private const byte Class64 = 2;
    private const byte LittleEndian = 1;
    private const byte BigEndian = 2;

    /// <summary>Whether it begins as an ELF file does.</summary>
    public bool IsElf => Magic == ElfMagic;

    /// <summary>Whether it begins like an ELF header, of which <paramref name="length"/> bytes are there.</summary>
    public bool IsStartOf(ulong length) => length > 0 && Magic == (length < sizeof(uint) ? ElfMagic & ((1u << (int)(8 * length)) - 1) : ElfMagic);

    /// <summary>Whether an ELF header of a 32-bit file is there: e_ident is the same for both kinds.</summary>
    public static bool Is32Bit(IMemorySource source, ulong address)
        => source.TryRead(address, out ulong ident) && (uint)ident == ElfMagic && (byte)(ident >> 32) == Class32;

    /// <summary>Reads the header, or says in plain words why it cannot be read.</summary>
    /// <param name="source">Where it is.</param>
    /// <param name="address">The offset or address of its first byte.</param>
    /// <param name="header">The header.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file: "is a 32-bit ELF file".</param>
    public static bool TryRead(IMemorySource source, ulong address, out ElfHeader header, out string problem)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes.Clear();
        int count = source.Read(address, bytes);
        header = MemoryMarshal.Read<ElfHeader>(bytes);
        problem = count switch
        {
            0 => "cannot be read",
            _ when header.Magic != ElfMagic => "is not an ELF file",
            _ when header.Class == Class32 => "is a 32-bit ELF file",
            _ when header.Encoding == BigEndian => "is a big-endian ELF file",
            < Length => "is a truncated ELF file",
            _ when header.Class != Class64 || header.Encoding != LittleEndian || header.IdentVersion != 1
                => "is an ELF file of an unknown kind",
            _ when !Enum.IsDefined(header.Machine) => $"is an ELF file for another processor (e_machine {(ushort)header.Machine})",
            _ when !Enum.IsDefined(header.Type) => $"is an ELF file of an unknown type (e_type {(ushort)header.Type})",
            _ => "",
        };
        return problem.Length == 0;
    }
}
