




namespace PyStack.Engine.Elf;

/// <summary>The processors that we read files for (ELF gABI, e_machine).</summary>
internal enum ElfMachine : ushort
{
    /// <summary>EM_X86_64.</summary>
    X64 = 62,

    /// <summary>EM_AARCH64.</summary>
    Arm64 = 183,
}
