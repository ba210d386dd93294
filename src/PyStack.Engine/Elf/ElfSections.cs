using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>The section headers of a file. They serve linkers and debuggers, so a file may come without.</summary>
internal sealed class ElfSections
{
    private readonly IFileBytes _file;
    private readonly SectionHeader[] _headers;
    private readonly int _namesIndex;

    private ElfSections(IFileBytes file, SectionHeader[] headers, uint namesIndex)
    {
        _file = file;
        _headers = headers;
        _namesIndex = namesIndex < headers.Length ? (int)namesIndex : -1;
    }

    /// <summary>All headers, by section index; number 0 means no section.</summary>
    public ReadOnlySpan<SectionHeader> Headers => _headers;

    /// <summary>Reads the headers; a file without usable ones gets an empty list.</summary>
    public static ElfSections Read(IFileBytes file, in ElfHeader header, Limits limits)
    {
        if (!TryReadFirst(file, header, out SectionHeader first))
        {
            return new ElfSections(file, [], 0);
        }

        // ELF gABI, e_shnum and e_shstrndx: numbers that do not fit into 16 bits are in section 0.
        ulong count = header.SectionCount != 0 ? header.SectionCount : first.Size;
        uint names = header.SectionNamesIndex != ElfHeader.ExtendedSectionIndex ? header.SectionNamesIndex : first.Link;
        if (count > (ulong)limits.ElfSections || count * SectionHeader.Length > file.Length)
        {
            return new ElfSections(file, [], 0);
        }

        SectionHeader[] headers = new SectionHeader[count];
        return file.TryRead(header.SectionsOffset, MemoryMarshal.AsBytes(headers.AsSpan()))
            ? new ElfSections(file, headers, names)
            : new ElfSections(file, [], 0);
    }

    /// <summary>Reads section 0, which holds the numbers that are too large for the ELF header.</summary>
    public static bool TryReadFirst(IFileBytes file, in ElfHeader header, out SectionHeader first)
    {
        first = default;
        return header.SectionsOffset != 0
            && header.SectionSize == SectionHeader.Length
            && file.TryRead(header.SectionsOffset, out first);
    }

    /// <summary>Finds the first section of a name such as <c>".PyRuntime"</c>.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out SectionHeader section)
    {
        section = default;
        if (_namesIndex < 0 || !TryGetBytes(_headers[_namesIndex], out ReadOnlySpan<byte> names))
        {
            return false;
        }

        foreach (ref readonly SectionHeader candidate in _headers.AsSpan())
        {
            if (StringTable.IsAt(names, candidate.NameOffset, name) && candidate.Type != SectionType.Null)
            {
                section = candidate;
                return true;
            }
        }

        return false;
    }

    /// <summary>The name of a section as it is in the file; empty if it has none.</summary>
    public ReadOnlySpan<byte> NameOf(in SectionHeader section)
    {
        return _namesIndex >= 0 && TryGetBytes(_headers[_namesIndex], out ReadOnlySpan<byte> names)
            ? StringTable.TextAt(names, section.NameOffset)
            : default;
    }

    /// <summary>The text at an offset of a string table, read without the rest of the table; empty where there is none, or one that is longer than <paramref name="most"/>.</summary>
    public ReadOnlySpan<byte> TextAt(in SectionHeader table, uint offset, int most)
    {
        if (!table.HasBytes || offset >= table.Size)
        {
            return default;
        }

        ulong left = table.Size - offset;
        for (ulong look = 256; ; look *= 8)
        {
            ulong length = Math.Min(Math.Min(look, (ulong)most + 1), left);
            if (!_file.TrySlice(table.FileOffset + offset, length, out ReadOnlySpan<byte> bytes))
            {
                return default;
            }

            int end = bytes.IndexOf((byte)0);
            if (end >= 0 || length == left || length > (ulong)most)
            {
                return end >= 0 ? bytes[..end] : default;
            }
        }
    }

    /// <summary>
    /// Gives a section's bytes in place, compressed ones as they are. Fails for sections that have none in this file, and
    /// for those that reach over its end.
    /// </summary>
    public bool TryGetBytes(in SectionHeader section, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return section.HasBytes && _file.TrySlice(section.FileOffset, section.Size, out bytes);
    }
}
