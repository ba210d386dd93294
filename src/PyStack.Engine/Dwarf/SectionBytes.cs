using System;
using PyStack.Engine.Compression;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf;

/// <summary>One section's bytes, in its file, copied, or unpacked as far as they are read; and where it was linked.</summary>
internal sealed class SectionBytes : IDisposable
{
    private readonly IFileBytes? _file;
    private readonly ulong _offset;
    private readonly byte[]? _copy;
    private readonly UnpackedBytes? _unpacked;

    public SectionBytes(IFileBytes file, in SectionHeader section)
    {
        _file = file;
        _offset = section.FileOffset;
        Length = section.Size;
        Address = section.Address;
    }

    public SectionBytes(byte[] copy, ulong address)
    {
        _copy = copy;
        Length = (ulong)copy.Length;
        Address = address;
    }

    private SectionBytes(UnpackedBytes unpacked, ulong address)
    {
        _unpacked = unpacked;
        Length = (ulong)unpacked.Length;
        Address = address;
    }

    /// <summary>The linked address of the first byte; 0 where the section is not loaded.</summary>
    public ulong Address { get; }

    /// <summary>Its size in bytes, unpacked; unreadable bytes are included.</summary>
    public ulong Length { get; }

    /// <summary>Finds a section, packed or not; null where the file has none, or has it in a form that cannot be read.</summary>
    public static SectionBytes? Find(ElfSections sections, IFileBytes file, ReadOnlySpan<byte> name, Limits limits, BinaryBudget budget)
        => !sections.TryFind(name, out SectionHeader section) || !section.HasBytes ? null
            : !section.IsCompressed ? new SectionBytes(file, section)
            : Of(CompressedSection.TryOpen(file, section, limits, budget), section.Address);

    /// <summary>Finds a section that is packed in the way from before ELF knew of it; null as for <see cref="Find"/>.</summary>
    public static SectionBytes? FindOld(ElfSections sections, IFileBytes file, ReadOnlySpan<byte> name, Limits limits, BinaryBudget budget)
        => sections.TryFind(name, out SectionHeader section) && section.HasBytes
            ? Of(CompressedSection.TryOpenOld(file, section, limits, budget), section.Address)
            : null;

    /// <summary>
    /// The bytes from the first one to <paramref name="end"/>, or a few more; fewer where the section ends, or cannot be read further. Asked for again at each use: a
    /// file can have been truncated meanwhile.
    /// </summary>
    public ReadOnlySpan<byte> Get(ulong end)
        => _unpacked is not null ? _unpacked.Get(end)
            : _copy is not null ? _copy
            : _file!.TrySlice(_offset, Length, out ReadOnlySpan<byte> bytes) ? bytes : default;

    /// <summary>All bytes; false where not all can be obtained.</summary>
    public bool TryGet(out ReadOnlySpan<byte> bytes)
    {
        bytes = Get(Length);
        return (ulong)bytes.Length >= Length;
    }

    /// <summary>Ends the unpacking. Spans of it must not be used any more.</summary>
    public void Dispose() => _unpacked?.Dispose();

    private static SectionBytes? Of(UnpackedBytes? unpacked, ulong address) => unpacked is null ? null : new SectionBytes(unpacked, address);
}
