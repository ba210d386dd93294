namespace PyStack.Engine.Elf;

/// <summary>What an ELF file is for (ELF gABI, e_type).</summary>
internal enum ElfType : ushort
{
    /// <summary>ET_REL: an object file; nothing in it has an address yet.</summary>
    Relocatable = 1,

    /// <summary>ET_EXEC: a program that is loaded at the addresses it was linked for.</summary>
    Executable = 2,

    /// <summary>ET_DYN: a shared library or a position-independent program.</summary>
    Shared = 3,

    /// <summary>ET_CORE: a core dump.</summary>
    Core = 4,
}
