using System;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Elf;

/// <summary>
/// A 64-bit little-endian program or library for x86-64 or aarch64, read from its file or from the memory of a process that has it
/// loaded. Headers are read once, everything else in place at its use. It does not own its source.
/// </summary>
/// <remarks>
/// All addresses are those that the file was linked for. Addresses in a process are these plus the load bias: <see cref="LoadBias"/>
/// of an image in memory, <see cref="TryGetLoadBias"/> for a file and where it is mapped.
/// </remarks>
internal sealed class ElfImage
{
    /// <summary>
    /// The largest page of our processors, 64 KiB (arm64, CONFIG_ARM64_64K_PAGES). The file's first byte is in the mapping of the segment that is first in
    /// the file, as long as that begins within the first page: so the page size of the machine that the process runs on, which may be another than ours, is not needed.
    /// </summary>
    private const ulong LargestPage = 0x1_0000;

    private readonly IMemorySource _source;
    private readonly IFileBytes? _file;
    private readonly Limits _limits;
    private readonly ProgramHeader[] _segments;
    private DynamicSection? _dynamic;
    private ElfSections? _sections;

    private ElfImage(in ElfHeader header, IMemorySource source, IFileBytes? file, ProgramHeader[] segments, ulong? bias, Limits limits)
    {
        Header = header;
        _source = source;
        _file = file;
        _limits = limits;
        _segments = segments;
        LoadBias = bias ?? 0;
        AddressSpace = new ElfAddressSpace(source, segments, bias);
    }

    public ElfHeader Header { get; }

    public ElfMachine Machine => Header.Machine;

    public ElfType Type => Header.Type;

    /// <summary>All program headers, in the file's order.</summary>
    public ReadOnlySpan<ProgramHeader> Segments => _segments;

    /// <summary>
    /// In memory: the address of anything less the one it was linked for, modulo 2^64. 0 for a file and for a program that is not
    /// position-independent.
    /// </summary>
    public ulong LoadBias { get; }

    /// <summary>The loaded bytes by the addresses that they were linked for.</summary>
    public ElfAddressSpace AddressSpace { get; }

    /// <summary>From the start of the lowest loaded segment to the end of the highest; empty without loaded segments.</summary>
    public AddressRange LoadedRange => ElfSegments.LoadedRange(_segments);

    /// <summary>The section headers: of a file read on first use, of an image in memory none.</summary>
    public ElfSections? Sections => _file is null ? null : _sections ??= ElfSections.Read(_file, Header, _limits);

    private DynamicSection Dynamic => _dynamic ??= DynamicSection.Read(AddressSpace, _segments, LoadBias, _limits);

    /// <summary>Reads an image from its file.</summary>
    /// <param name="file">Must stay open as long as the image is used.</param>
    /// <param name="limits">Bounds for what the file claims.</param>
    /// <param name="image">The image.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the file: "is a 32-bit ELF file".</param>
    public static bool TryFromFile(IFileBytes file, Limits limits, [NotNullWhen(true)] out ElfImage? image, out string problem)
    {
        image = null;
        if (!ElfHeader.TryRead(file, 0, out ElfHeader header, out problem))
        {
            return false;
        }

        // ELF gABI, e_phnum: a number that does not fit into 16 bits is in sh_info of section 0.
        uint count = header.SegmentCount;
        if (count == ElfHeader.ExtendedSegmentCount)
        {
            if (!ElfSections.TryReadFirst(file, header, out SectionHeader first))
            {
                problem = "is an ELF file whose number of segments cannot be read";
                return false;
            }

            count = first.Info;
        }

        if (!ElfSegments.TryRead(file, 0, header, count, limits, out ProgramHeader[] segments, out problem))
        {
            return false;
        }

        image = new ElfImage(header, file, file, segments, bias: null, limits);
        return true;
    }

    /// <summary>Reads an image where it is loaded in a process. It has no section headers there.</summary>
    /// <param name="memory">The process.</param>
    /// <param name="baseAddress">Where the file's first byte is mapped.</param>
    /// <param name="limits">Bounds for what the image claims.</param>
    /// <param name="image">The image.</param>
    /// <param name="problem">On failure why, as the end of a sentence about the image.</param>
    public static bool TryFromMemory(
        IMemorySource memory, ulong baseAddress, Limits limits, [NotNullWhen(true)] out ElfImage? image, out string problem)
    {
        image = null;
        if (!ElfHeader.TryRead(memory, baseAddress, out ElfHeader header, out problem)
            || !ElfSegments.TryRead(memory, baseAddress, header, header.SegmentCount, limits, out ProgramHeader[] segments, out problem))
        {
            return false;
        }

        if (!ElfSegments.TryGetLoadBias(segments, baseAddress, mappingOffset: 0, LargestPage, out ulong bias))
        {
            problem = "is an ELF image without loaded segments";
            return false;
        }

        image = new ElfImage(header, memory, file: null, segments, bias, limits);
        return true;
    }

    /// <summary>
    /// Says how far this file is moved from the addresses it was linked for (modulo 2^64) where its first byte is mapped at an address. False if no loaded segment covers
    /// the file's start. A separate debug file does not show it: use the file that is mapped.
    /// </summary>
    /// <param name="baseAddress">Where the file's first byte is mapped.</param>
    /// <param name="bias">What to add to a linked address.</param>
    public bool TryGetLoadBias(ulong baseAddress, out ulong bias) => ElfSegments.TryGetLoadBias(_segments, baseAddress, mappingOffset: 0, LargestPage, out bias);

    /// <summary>
    /// Finds a function or variable that this image defines: in the hash table of the dynamic symbols, then, with a file, by
    /// searching all of its symbol tables.
    /// </summary>
    public bool TryFindSymbol(ReadOnlySpan<byte> name, out ElfSymbol symbol)
    {
        symbol = default;
        return !name.IsEmpty
            && (Dynamic.TryFindSymbol(name, _limits, out symbol)
                || (Sections is { } sections && SymbolScan.TryFind(sections, name, _limits, out symbol)));
    }

    /// <inheritdoc cref="TryFindSymbol(ReadOnlySpan{byte}, out ElfSymbol)"/>
    public bool TryFindSymbol(string name, out ElfSymbol symbol) => TryFindSymbol(Encoding.UTF8.GetBytes(name), out symbol);

    /// <summary>Where a symbol is in the process; thread-local ones are nowhere and give their offset.</summary>
    public ulong AddressOf(in ElfSymbol symbol)
        => symbol.IsAbsolute || symbol.Type == ElfSymbolType.ThreadLocal ? symbol.Value : unchecked(symbol.Value + LoadBias);

    /// <summary>Finds a section by name, such as <c>".PyRuntime"</c>. Never in an image from memory.</summary>
    public bool TryFindSection(string name, out SectionHeader section)
    {
        section = default;
        return Sections is { } sections && sections.TryFind(Encoding.UTF8.GetBytes(name), out section);
    }

    /// <summary>
    /// Gives the identity that the linker computed from the content, as lower-case hexadecimal digits: from the note segments, and with
    /// a file also from the note sections, which are what a separate debug file has.
    /// </summary>
    public bool TryGetBuildId([NotNullWhen(true)] out string? buildId)
    {
        buildId = null;
        ulong budget = (ulong)_limits.ElfNoteBytes;
        for (int i = 0; i < _segments.Length && buildId is null; i++)
        {
            if (_segments[i].Type == SegmentType.Note && _segments[i].FileSize <= budget)
            {
                budget -= _segments[i].FileSize;
                buildId = BuildId.Find(ReadNotes(_segments[i]), _segments[i].Alignment);
            }
        }

        buildId ??= Sections is { } sections ? BuildId.Find(sections, _limits) : null;
        return buildId is not null;
    }

    /// <summary>Copies the bytes of a note segment, for an <see cref="ElfNoteReader"/>; cut at the limit, empty if unreadable.</summary>
    public ReadOnlySpan<byte> ReadNotes(in ProgramHeader segment)
    {
        ulong claimed = Math.Min(segment.FileSize, (ulong)_limits.ElfNoteBytes);
        Span<byte> bytes = new byte[claimed];
        int count = _file is null
            ? _source.Read(unchecked(segment.Address + LoadBias), bytes)
            : _source.Read(segment.FileOffset, bytes);
        return bytes[..count];
    }
}
