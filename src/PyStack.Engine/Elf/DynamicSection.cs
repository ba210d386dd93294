using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>What the dynamic section says about finding symbols (ELF gABI, "Dynamic Section").</summary>
internal sealed class DynamicSection
{
    /// <summary>How many entries are read at a time.</summary>
    private const int EntriesPerRead = 32;

    private readonly ElfAddressSpace _space;
    private readonly ulong _bias;
    private ulong? _symbols;
    private ulong? _names;
    private ulong _namesSize;
    private ulong? _gnuHash;
    private ulong? _hash;

    private DynamicSection(ElfAddressSpace space, ulong bias)
    {
        _space = space;
        _bias = bias;
    }

    /// <summary>d_tag: the ones that we look at.</summary>
    private enum Tag : long
    {
        Null = 0,
        Hash = 4,
        StringTable = 5,
        SymbolTable = 6,
        StringTableSize = 10,
        GnuHash = 0x6ffffef5,
    }

    /// <summary>Reads the section up to its end mark. Without a dynamic segment there is nothing to find.</summary>
    public static DynamicSection Read(ElfAddressSpace space, ReadOnlySpan<ProgramHeader> segments, ulong bias, Limits limits)
    {
        DynamicSection section = new(space, bias);
        foreach (ref readonly ProgramHeader segment in segments)
        {
            if (segment.Type == SegmentType.Dynamic)
            {
                section.ReadEntries(segment.Memory, limits);
                break;
            }
        }

        return section;
    }

    /// <summary>Looks a definition up in the hash table, the newer kind if there are both.</summary>
    public bool TryFindSymbol(ReadOnlySpan<byte> name, Limits limits, out ElfSymbol symbol)
    {
        symbol = default;
        if (_symbols is not { } symbols || _names is not { } names)
        {
            return false;
        }

        ElfSymbolTable table = new(_space, symbols, names, _namesSize);
        return _gnuHash is { } gnuHash ? GnuHashTable.TryFind(table, gnuHash, name, limits, out symbol)
            : _hash is { } hash && SysVHashTable.TryFind(table, hash, name, limits, out symbol);
    }

    private void ReadEntries(AddressRange range, Limits limits)
    {
        Span<Entry> entries = stackalloc Entry[EntriesPerRead];
        ulong address = range.Start;
        for (int seen = 0; seen < limits.ElfDynamicEntries; seen += EntriesPerRead)
        {
            int count = _space.Read(address, MemoryMarshal.AsBytes(entries)) / Entry.Length;
            foreach (Entry entry in entries[..count])
            {
                if (entry.Tag == Tag.Null || !range.Contains(address, Entry.Length))
                {
                    return;
                }

                Keep(entry);
                address += Entry.Length;
            }

            if (count < EntriesPerRead)
            {
                return;
            }
        }
    }

    private void Keep(Entry entry)
    {
        switch (entry.Tag)
        {
            case Tag.SymbolTable:
                _symbols = Linked(entry.Value);
                break;
            case Tag.StringTable:
                _names = Linked(entry.Value);
                break;
            case Tag.StringTableSize:
                _namesSize = entry.Value;
                break;
            case Tag.GnuHash:
                _gnuHash = Linked(entry.Value);
                break;
            case Tag.Hash:
                _hash = Linked(entry.Value);
                break;
            default:
                break;
        }
    }

    /// <summary>
    /// Gives d_ptr as the address that the file was linked for. glibc adds the load bias to these entries in place where the section is
    /// writable; musl, the vdso and files do not. Whether the result is inside the image shows which case it is.
    /// </summary>
    private ulong? Linked(ulong pointer)
        => _space.Contains(unchecked(pointer - _bias)) ? unchecked(pointer - _bias)
            : _space.Contains(pointer) ? pointer
            : null;

    /// <summary>Elf64_Dyn.</summary>
    [StructLayout(LayoutKind.Sequential, Size = Length)]
    private readonly record struct Entry(Tag Tag, ulong Value)
    {
        public const int Length = 16;
    }
}
