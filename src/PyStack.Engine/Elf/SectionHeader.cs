using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>ELF gABI, Elf64_Shdr: one section. Addresses are those that the file was linked for.</summary>
/// <param name="NameOffset">sh_name.</param>
/// <param name="Type">sh_type.</param>
/// <param name="Flags">sh_flags.</param>
/// <param name="Address">sh_addr; 0 where the section is not loaded.</param>
/// <param name="FileOffset">sh_offset.</param>
/// <param name="Size">sh_size.</param>
/// <param name="Link">sh_link; of a symbol table: the index of its string table.</param>
/// <param name="Info">sh_info.</param>
/// <param name="Alignment">sh_addralign.</param>
/// <param name="EntrySize">sh_entsize.</param>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal readonly record struct SectionHeader(
    uint NameOffset,
    SectionType Type,
    SectionFlags Flags,
    ulong Address,
    ulong FileOffset,
    ulong Size,
    uint Link,
    uint Info,
    ulong Alignment,
    ulong EntrySize)
{
    /// <summary>sizeof(Elf64_Shdr).</summary>
    public const int Length = 64;

    /// <summary>What the section occupies in memory.</summary>
    public AddressRange Memory => AddressRange.OfLength(Address, Size);

    /// <summary>False for <c>.bss</c>, and in a separate debug file for everything that is in the program itself.</summary>
    public bool HasBytes => Type is not (SectionType.NoBits or SectionType.Null);

    public bool IsCompressed => (Flags & SectionFlags.Compressed) != 0;
}

/// <summary>ELF gABI, sh_type: the kinds that we look at.</summary>
internal enum SectionType : uint
{
    Null = 0,
    SymbolTable = 2,
    StringTable = 3,
    Dynamic = 6,
    Note = 7,
    NoBits = 8,
    DynamicSymbols = 11,
}

/// <summary>ELF gABI, sh_flags: those that we look at.</summary>
[Flags]
internal enum SectionFlags : ulong
{
    None = 0,
    Write = 1,
    Allocate = 2,
    Execute = 4,

    /// <summary>SHF_COMPRESSED: the bytes begin with an Elf64_Chdr.</summary>
    Compressed = 0x800,
}
