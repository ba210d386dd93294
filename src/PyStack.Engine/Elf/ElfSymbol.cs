using System.Runtime.InteropServices;

namespace PyStack.Engine.Elf;

/// <summary>ELF gABI, Elf64_Sym: one symbol, without its name.</summary>
/// <param name="NameOffset">st_name.</param>
/// <param name="Info">st_info.</param>
/// <param name="Other">st_other.</param>
/// <param name="SectionIndex">st_shndx.</param>
/// <param name="Value">st_value: an address that the file was linked for; for thread-local ones an offset.</param>
/// <param name="Size">st_size, in bytes; 0 where it is not known.</param>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal readonly record struct ElfSymbol(uint NameOffset, byte Info, byte Other, ushort SectionIndex, ulong Value, ulong Size)
{
    /// <summary>sizeof(Elf64_Sym).</summary>
    public const int Length = 24;

    private const ushort UndefinedSection = 0; // SHN_UNDEF
    private const ushort AbsoluteSection = 0xfff1; // SHN_ABS
    private const ushort CommonSection = 0xfff2; // SHN_COMMON

    /// <summary>ELF64_ST_TYPE.</summary>
    public ElfSymbolType Type => (ElfSymbolType)(Info & 0xf);

    /// <summary>ELF64_ST_BIND is STB_LOCAL: visible in its own source file only, so that others may have the same name.</summary>
    public bool IsLocal => Info >> 4 == 0;

    /// <summary>Whether the value is a plain number that does not move with the file.</summary>
    public bool IsAbsolute => SectionIndex == AbsoluteSection;

    /// <summary>Whether this file defines the function or variable; not so for imports and names of files and sections.</summary>
    public bool IsDefined
        => SectionIndex is not (UndefinedSection or CommonSection) && Type is not (ElfSymbolType.Section or ElfSymbolType.File);
}

/// <summary>ELF gABI, st_info.</summary>
internal enum ElfSymbolType
{
    None = 0,
    Object = 1,
    Function = 2,
    Section = 3,
    File = 4,
    Common = 5,
    ThreadLocal = 6,

    /// <summary>STT_GNU_IFUNC: the value is the function that chooses the function.</summary>
    IndirectFunction = 10,
}
