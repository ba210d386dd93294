using System;
using System.Threading;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.CallFrames;

/// <summary>
/// All call frame information of one binary: <c>.eh_frame</c>, by its search table where it has one, and <c>.debug_frame</c> for functions that the first
/// does not have. Safe for several threads, each with its own row.
/// </summary>
internal sealed class CallFrameTable : IDisposable
{
    /// <summary>Size of an <c>.eh_frame</c> that is copied from memory, since its end is not recorded. That of libLLVM has 13 MB.</summary>
    private const int MaxCopy = 32 << 20;

    private readonly SectionBytes? _header;
    private readonly SectionBytes? _ehFrame;
    private readonly SectionBytes? _debugFrame;
    private readonly Lazy<EntryIndex?> _ehIndex;
    private readonly Lazy<EntryIndex?> _debugIndex;

    private CallFrameTable(SectionBytes? header, SectionBytes? ehFrame, SectionBytes? debugFrame, Limits limits, BinaryBudget budget)
    {
        _header = header;
        _ehFrame = ehFrame;
        _debugFrame = debugFrame;
        _ehIndex = new(() => Index(ehFrame, header?.Address ?? 0, isEhFrame: true, limits, budget), LazyThreadSafetyMode.ExecutionAndPublication);
        _debugIndex = new(() => Index(debugFrame, 0, isEhFrame: false, limits, budget), LazyThreadSafetyMode.ExecutionAndPublication);
    }

    /// <summary>Whether the binary has any.</summary>
    public bool IsEmpty => _ehFrame is null && _debugFrame is null;

    /// <summary>Of a file, by its section headers; without them by its segments.</summary>
    /// <param name="debug">The sections of its separate debug file, which contains <c>.debug_frame</c>; null if there is none.</param>
    /// <param name="debugFile">The bytes of that file.</param>
    /// <param name="budget">The budget for all of this.</param>
    public static CallFrameTable FromFile(
        ElfImage image, IFileBytes file, Limits limits, BinaryBudget budget, ElfSections? debug = null, IFileBytes? debugFile = null)
    {
        ElfSections? sections = image.Sections;
        SectionBytes? ehFrame = FindLoaded(sections, file, ".eh_frame"u8);
        SectionBytes? debugFrame = Find(sections, file, ".debug_frame"u8, limits, budget) ?? Find(debug, debugFile, ".debug_frame"u8, limits, budget);
        return ehFrame is null && debugFrame is null
            ? FromSegments(image, limits, budget)
            : new CallFrameTable(FindLoaded(sections, file, ".eh_frame_hdr"u8), ehFrame, debugFrame, limits, budget);
    }

    /// <summary>Of an image in memory, or of a file without section headers.</summary>
    public static CallFrameTable FromSegments(ElfImage image, Limits limits, BinaryBudget budget)
    {
        foreach (ref readonly ProgramHeader segment in image.Segments)
        {
            if (segment.Type == SegmentType.GnuEhFrame
                && TryCopy(image, segment.Address, segment.Memory.Length, budget, out byte[] header)
                && EhFrameHeader.TryRead(header, segment.Address, out EhFrameHeader found)
                && TryCopy(image, found.EhFrame, RestOfSegment(image, found.EhFrame), budget, out byte[] ehFrame))
            {
                return new CallFrameTable(new SectionBytes(header, segment.Address), new SectionBytes(ehFrame, found.EhFrame), null, limits, budget);
            }
        }

        return new CallFrameTable(null, null, null, limits, budget);
    }

    /// <summary>Fills the row of rules that holds at an address.</summary>
    /// <param name="linkedAddress">As the binary was linked, already minus one for a return address.</param>
    /// <param name="row">Filled again; without meaning where there is none.</param>
    public bool TryFindRow(ulong linkedAddress, CallFrameRow row)
        => TryFindInEhFrame(linkedAddress, row) || TryFindInDebugFrame(linkedAddress, row);

    /// <summary>Ends the unpacking of its sections.</summary>
    public void Dispose() => _debugFrame?.Dispose();

    private static SectionBytes? Find(ElfSections? sections, IFileBytes? file, ReadOnlySpan<byte> name, Limits limits, BinaryBudget budget)
        => sections is null || file is null ? null : SectionBytes.Find(sections, file, name, limits, budget);

    // A section that is loaded is never packed (ELF gABI, SHF_COMPRESSED).
    private static SectionBytes? FindLoaded(ElfSections? sections, IFileBytes file, ReadOnlySpan<byte> name)
        => sections is not null && sections.TryFind(name, out SectionHeader section) && section.HasBytes && !section.IsCompressed
            ? new SectionBytes(file, section)
            : null;

    private static ulong RestOfSegment(ElfImage image, ulong address)
    {
        foreach (ref readonly ProgramHeader segment in image.Segments)
        {
            if (segment.IsLoaded && segment.Memory.Contains(address))
            {
                return segment.Memory.End - address;
            }
        }

        return 0;
    }

    private static bool TryCopy(ElfImage image, ulong address, ulong length, BinaryBudget budget, out byte[] copy)
    {
        copy = [];
        long wanted = (long)Math.Min(length, MaxCopy);
        if (!budget.TryTake(wanted))
        {
            return false;
        }

        copy = new byte[wanted];
        int count = image.AddressSpace.Read(address, copy);
        Array.Resize(ref copy, count);
        budget.Give(wanted - count);
        return count > 0;
    }

    private static EntryIndex? Index(SectionBytes? section, ulong dataBase, bool isEhFrame, Limits limits, BinaryBudget budget)
        => section is null ? null : EntryIndex.Build(section, dataBase, isEhFrame, limits, budget);

    private bool TryFindInEhFrame(ulong linkedAddress, CallFrameRow row)
    {
        if (_ehFrame is null || !_ehFrame.TryGet(out ReadOnlySpan<byte> bytes))
        {
            return false;
        }

        CallFrameEntries entries = new(bytes, _ehFrame.Address, _header?.Address ?? 0, isEhFrame: true);
        if (_header is not null
            && _header.TryGet(out ReadOnlySpan<byte> headerBytes)
            && EhFrameHeader.TryRead(headerBytes, _header.Address, out EhFrameHeader header)
            && header.HasTable)
        {
            return header.TryFind(linkedAddress, out ulong entry) && entries.TryFillRow(unchecked(entry - _ehFrame.Address), linkedAddress, row);
        }

        return _ehIndex.Value is EntryIndex index
            && index.TryFind(linkedAddress, out ulong offset)
            && entries.TryFillRow(offset, linkedAddress, row);
    }

    private bool TryFindInDebugFrame(ulong linkedAddress, CallFrameRow row)
        => _debugFrame is not null
            && _debugIndex.Value is EntryIndex index
            && index.TryFind(linkedAddress, out ulong offset)

            // Entries that the index has found are already unpacked.
            && new CallFrameEntries(_debugFrame.Get(0), _debugFrame.Address, 0, isEhFrame: false).TryFillRow(offset, linkedAddress, row);
}
