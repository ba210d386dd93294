using System;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf;

/// <summary>One section's bytes, in its file or copied, and where it was linked.</summary>
internal sealed class SectionBytes
{
    private readonly IFileBytes? _file;
    private readonly ulong _offset;
    private readonly ulong _size;
    private readonly byte[]? _copy;

    public SectionBytes(IFileBytes file, in SectionHeader section)
    {
        _file = file;
        _offset = section.FileOffset;
        _size = section.Size;
        Address = section.Address;
    }

    public SectionBytes(byte[] copy, ulong address)
    {
        _copy = copy;
        Address = address;
    }

    /// <summary>The linked address of the first byte; 0 where the section is not loaded.</summary>
    public ulong Address { get; }

    /// <summary>Finds a section, and unpacks it if it is compressed; null where the file has none, or has it in a form that cannot be read.</summary>
    public static SectionBytes? Find(ElfSections sections, IFileBytes file, ReadOnlySpan<byte> name, Limits limits)
        => !sections.TryFind(name, out SectionHeader section) || !section.HasBytes ? null
            : !section.IsCompressed ? new SectionBytes(file, section)
            : sections.TryGetBytes(section, out ReadOnlySpan<byte> packed) && CompressedSection.TryUnpack(packed, limits, out byte[] bytes) ? new SectionBytes(bytes, section.Address)
            : null;

    /// <summary>The bytes, asked for anew at each use: a file can have been cut meanwhile.</summary>
    public bool TryGet(out ReadOnlySpan<byte> bytes)
    {
        bytes = _copy;
        return _copy is not null || _file!.TrySlice(_offset, _size, out bytes);
    }
}
