using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Symbols;

/// <summary>
/// The functions of one binary by address, from its symbol tables: sorted arrays, without an object for each symbol; names are read when they are needed.
/// </summary>
internal sealed class FunctionTable
{
    // Bytes of one symbol: of the list and the array of those that differ while they are read, of the array and the starts afterwards.
    private static readonly int OnceRead = Unsafe.SizeOf<Entry>() + sizeof(ulong);
    private static readonly int WhileRead = OnceRead + Unsafe.SizeOf<Entry>();

    /// <summary>Bytes of a symbol's name. C++ has some of thousands.</summary>
    private const int LongestName = 65_536;

    private readonly ElfSections?[] _files;
    private readonly Entry[] _entries;
    private readonly ulong[] _starts;

    private FunctionTable(ElfSections?[] files, Entry[] entries)
    {
        _files = files;
        _entries = entries;
        _starts = new ulong[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            _starts[i] = entries[i].Start;
        }
    }

    /// <summary>The number of functions.</summary>
    public int Count => _entries.Length;

    /// <summary>
    /// Reads the symbol tables of a binary's files: its own and that of its debug information. It is empty without symbols, and if they exceed the budget.
    /// </summary>
    public static FunctionTable Read(ElfSections?[] files, Limits limits, BinaryBudget budget)
    {
        long count = 0;
        foreach (ElfSections? sections in files)
        {
            count += sections is null ? 0 : CountSymbols(sections, limits);
        }

        long cost = Math.Min(count, limits.ElfSymbols) * WhileRead;
        if (!budget.TryTake(cost) || !budget.TryStep(count))
        {
            return new FunctionTable([], []);
        }

        FunctionTable table = Read(files, limits, (int)Math.Min(count, limits.ElfSymbols));
        budget.Give(cost - ((long)table.Count * OnceRead));
        return table;
    }

    private static FunctionTable Read(ElfSections?[] files, Limits limits, int capacity)
    {
        List<Entry> found = new(capacity);
        for (int file = 0; file < files.Length; file++)
        {
            ReadOnlySpan<SectionHeader> headers = files[file] is { } sections ? sections.Headers : default;
            for (int table = 0; table < headers.Length; table++)
            {
                if (headers[table].Type is SectionType.SymbolTable or SectionType.DynamicSymbols)
                {
                    Collect(files[file]!, (byte)file, table, limits, found);
                }
            }
        }

        CollectionsMarshal.AsSpan(found).Sort();
        return new FunctionTable(files, Distinct(CollectionsMarshal.AsSpan(found)));
    }

    /// <summary>Finds the function that holds an address.</summary>
    /// <param name="address">As the file was linked.</param>
    /// <param name="name">Its name as it is in the table, without a symbol version.</param>
    public bool TryFind(ulong address, out string name)
    {
        name = "";
        int index = SortedSearch.LastAtOrBefore(_starts, address);
        return index >= 0 && address < _entries[index].End && TryGetName(_entries[index], out name);
    }

    /// <summary>Finds where the function that holds an address begins, if the table does not say where it ends. Then others may follow it whose names <c>strip</c> has removed.</summary>
    public bool TryFindUnsized(ulong address, out ulong start)
    {
        int index = SortedSearch.LastAtOrBefore(_starts, address);
        start = index >= 0 ? _starts[index] : 0;
        return index >= 0 && address < _entries[index].End && !_entries[index].HasSize;
    }

    private static long CountSymbols(ElfSections sections, Limits limits)
    {
        ulong bytes = 0;
        foreach (ref readonly SectionHeader header in sections.Headers)
        {
            bytes += header.Type is SectionType.SymbolTable or SectionType.DynamicSymbols && header.HasBytes
                ? Math.Min(header.Size, (ulong)limits.ElfSymbols * ElfSymbol.Length)
                : 0;
        }

        return (long)(bytes / ElfSymbol.Length);
    }

    private static void Collect(ElfSections sections, byte file, int table, Limits limits, List<Entry> found)
    {
        SectionHeader header = sections.Headers[table];
        if (!sections.TryGetBytes(header, out ReadOnlySpan<byte> bytes))
        {
            return;
        }

        ReadOnlySpan<ElfSymbol> symbols = MemoryMarshal.Cast<byte, ElfSymbol>(bytes[..(bytes.Length - (bytes.Length % ElfSymbol.Length))]);
        int count = Math.Min(symbols.Length, limits.ElfSymbols - found.Count);
        foreach (ref readonly ElfSymbol symbol in symbols[..Math.Max(0, count)])
        {
            if (symbol.IsDefined
                && symbol.Type is ElfSymbolType.Function or ElfSymbolType.IndirectFunction or ElfSymbolType.None
                && symbol.Value != 0
                && (symbol.SectionIndex >= sections.Headers.Length || (sections.Headers[symbol.SectionIndex].Flags & SectionFlags.Execute) != 0))
            {
                ulong limit = symbol.SectionIndex < sections.Headers.Length ? sections.Headers[symbol.SectionIndex].Memory.End : ulong.MaxValue;
                found.Add(new Entry(symbol, limit, file, (ushort)table));
            }
        }
    }

    // Of several names of one address the first is used (see Entry.CompareTo); a function without a size ends where the next begins.
    private static Entry[] Distinct(Span<Entry> entries)
    {
        int count = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            if (count == 0 || entries[count - 1].Start != entries[i].Start)
            {
                entries[count++] = entries[i];
            }
        }

        for (int i = 0; i < count; i++)
        {
            ulong next = i + 1 < count ? entries[i + 1].Start : ulong.MaxValue;
            entries[i] = entries[i].EndingBefore(next);
        }

        return entries[..count].ToArray();
    }

    private bool TryGetName(in Entry entry, out string name)
    {
        name = "";
        ElfSections sections = _files[entry.File]!;
        uint link = sections.Headers[entry.Table].Link;
        if (link >= sections.Headers.Length)
        {
            return false;
        }

        ReadOnlySpan<byte> text = sections.TextAt(sections.Headers[(int)link], entry.NameOffset, LongestName);
        int version = text.IndexOf((byte)'@');
        name = Encoding.UTF8.GetString(version > 0 ? text[..version] : text);
        return name.Length > 0;
    }

    private readonly struct Entry : IComparable<Entry>
    {
        private const int Unsized = 4;

        private readonly byte _rank;

        public Entry(in ElfSymbol symbol, ulong limit, byte file, ushort table)
        {
            Start = symbol.Value;
            End = symbol.Size == 0 ? 0 : symbol.Value + Math.Min(symbol.Size, limit - Math.Min(limit, symbol.Value));
            Limit = limit;
            NameOffset = symbol.NameOffset;
            File = file;
            Table = table;

            // A function with a size before one without, a type before none, a global name before a local one.
            _rank = (byte)((symbol.Size == 0 ? Unsized : 0) + (symbol.Type == ElfSymbolType.None ? 2 : 0) + (symbol.IsLocal ? 1 : 0));
        }

        private Entry(in Entry other, ulong end)
        {
            this = other;
            End = end;
        }

        public ulong Start { get; }

        public bool HasSize => (_rank & Unsized) == 0;

        public ulong End { get; }

        public ulong Limit { get; }

        public uint NameOffset { get; }

        public byte File { get; }

        public ushort Table { get; }

        public Entry EndingBefore(ulong next) => End == 0 ? new Entry(this, Math.Min(next, Limit)) : this;

        public int CompareTo(Entry other)
        {
            int order = Start.CompareTo(other.Start);
            order = order != 0 ? order : _rank.CompareTo(other._rank);
            order = order != 0 ? order : File.CompareTo(other.File);
            order = order != 0 ? order : Table.CompareTo(other.Table);
            return order != 0 ? order : NameOffset.CompareTo(other.NameOffset);
        }
    }
}
