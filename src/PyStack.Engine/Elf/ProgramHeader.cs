using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>ELF gABI, Elf64_Phdr: one segment. Addresses are those that the file was linked for.</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags.</param>
/// <param name="FileOffset">p_offset.</param>
/// <param name="Address">p_vaddr.</param>
/// <param name="PhysicalAddress">p_paddr.</param>
/// <param name="FileSize">p_filesz.</param>
/// <param name="MemorySize">p_memsz.</param>
/// <param name="Alignment">p_align.</param>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal readonly record struct ProgramHeader(
    SegmentType Type,
    SegmentAccess Flags,
    ulong FileOffset,
    ulong Address,
    ulong PhysicalAddress,
    ulong FileSize,
    ulong MemorySize,
    ulong Alignment)
{
    /// <summary>sizeof(Elf64_Phdr).</summary>
    public const int Length = 56;

    /// <summary>All that the segment occupies in memory.</summary>
    public AddressRange Memory => AddressRange.OfLength(Address, MemorySize);

    /// <summary>What is filled from the file: code, constants, or the initialised data of <c>.data</c>.</summary>
    public AddressRange Initialized => AddressRange.OfLength(Address, Math.Min(FileSize, MemorySize));

    /// <summary>What starts as zeros: <c>.bss</c>. Empty where the file fills all of the segment.</summary>
    public AddressRange Zeroed => new(Initialized.End, Memory.End);

    public bool IsLoaded => Type == SegmentType.Load;

    public bool IsWritable => (Flags & SegmentAccess.Write) != 0;
}

/// <summary>ELF gABI, p_type: the kinds that we look at.</summary>
internal enum SegmentType : uint
{
    Load = 1,
    Dynamic = 2,
    Interpreter = 3,
    Note = 4,
    ThreadLocalStorage = 7,

    /// <summary>PT_GNU_EH_FRAME: where <c>.eh_frame_hdr</c> is.</summary>
    GnuEhFrame = 0x6474e550,
}

/// <summary>ELF gABI, p_flags.</summary>
[Flags]
internal enum SegmentAccess : uint
{
    None = 0,
    Execute = 1,
    Write = 2,
    Read = 4,
}
