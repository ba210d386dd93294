using System;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>One unit of <c>.debug_info</c>: its abbreviations and the bases that its own entry names.</summary>
internal sealed partial class DebugUnit
{
    /// <summary>Bytes of an entry that are read first.</summary>
    private const ulong FirstLook = 4096;

    private readonly DwarfSections _sections;
    private readonly AbbreviationTable _abbreviations;
    private ulong _lowPc;
    private ulong _addressBase;
    private ulong _stringOffsetsBase;
    private ulong _rangeListsBase;

    // The addresses of a split unit, and to DWARF 4 its ranges, are in the file of its skeleton.
    private DwarfSections _addresses;
    private ulong _rangesBase;
    private AttributeValue? _compilationFolder;

    private DebugUnit(DwarfSections sections, in UnitHeader header, ulong abbreviations)
    {
        _sections = sections;
        _addresses = sections;
        Header = header;
        _abbreviations = AbbreviationTable.Read(sections, unchecked(abbreviations + header.Abbreviations));
    }

    public UnitHeader Header { get; }

    /// <summary>Where its line table is in <c>.debug_line</c>; null if it has none.</summary>
    public ulong? LineTable { get; private set; }

    /// <summary>Its code, as its own entry says; empty where it does not.</summary>
    public List<AddressRange> Code { get; } = [];

    /// <summary>The file that has all but this (<c>-gsplit-dwarf</c>), as the compiler was told; null of a unit that is whole.</summary>
    public string? SplitName { get; private set; }

    /// <summary>Where the compiler ran: relative names of files are relative to this.</summary>
    public string? CompilationFolder => _compilationFolder is AttributeValue folder ? Text(folder) : null;

    /// <summary>Says which split unit belongs to which skeleton; null of a unit that is whole.</summary>
    public ulong? SplitId { get; private set; }

    /// <summary>Reads the unit at an offset, and its first entry.</summary>
    public static DebugUnit? Read(DwarfSections sections, ulong offset)
    {
        if (!UnitHeader.TryRead(sections, offset, out UnitHeader header) || !header.HasCode)
        {
            return null;
        }

        DebugUnit unit = new(sections, header, abbreviations: 0);
        ulong position = header.FirstEntry;
        if (!unit.TryReadEntry(ref position, out DebugEntry entry) || entry.Abbreviation is null)
        {
            return null;
        }

        // The bases are in the same entry as the values that use them, in any order.
        unit._addressBase = entry.Number(Attributes.AddressBase) ?? entry.Number(Attributes.OldAddressBase) ?? 0;
        unit._stringOffsetsBase = entry.Number(Attributes.StringOffsetsBase) ?? 0;
        unit._rangeListsBase = entry.Number(Attributes.RangeListsBase) ?? 0;
        unit.LineTable = entry.Number(Attributes.StatementList);
        unit._compilationFolder = entry.TryGet(Attributes.CompilationFolder, out AttributeValue folder) ? folder : null;
        if (entry.TryGet(Attributes.LowPc, out AttributeValue low) && unit.TryGetAddress(low, out ulong start))
        {
            unit._lowPc = start;
        }

        if (entry.TryGet(Attributes.SplitName, out AttributeValue split) || entry.TryGet(Attributes.OldSplitName, out split))
        {
            unit.SplitName = unit.Text(split);
            unit.SplitId = header.SplitId ?? entry.Number(Attributes.OldSplitId);
        }

        unit.AddRanges(entry, unit.Code);

        // Of its split unit, not of its own entry.
        unit._rangesBase = entry.Number(Attributes.OldRangesBase) ?? 0;
        if (!sections.Budget.TryTake(unit.CostOfCode))
        {
            unit.Code.Clear();
        }

        return unit;
    }

    /// <summary>Returns its cost to the budget when it is removed from the cache.</summary>
    public void GiveBack()
    {
        _sections.Budget.Give(CostOfCode + _abbreviations.Cost);
        Code.Clear();
    }

    private long CostOfCode => 32L * Code.Count;

    /// <summary>Whether it is in that file.</summary>
    public bool IsOf(DwarfSections sections) => ReferenceEquals(_sections, sections);

    /// <summary>Reads the entry at a position of <c>.debug_info</c> and moves after it. One without an abbreviation ends a list of siblings.</summary>
    public bool TryReadEntry(ref ulong position, out DebugEntry entry)
    {
        entry = default;
        if (!_sections.Budget.TryStep())
        {
            return false;
        }

        // The end of an entry is known after reading it: a few bytes are enough for nearly all, and more are unpacked for the others.
        for (ulong look = FirstLook; ; look *= 16)
        {
            ulong end = Math.Min(Header.End, unchecked(position + look));
            ReadOnlySpan<byte> info = _sections.Get(DwarfSection.Info, end);
            if (TryReadEntry(info[..(int)Math.Min((ulong)info.Length, Header.End)], ref position, out entry))
            {
                return true;
            }

            if (end == Header.End || (ulong)info.Length < end || (ulong)info.Length >= Header.End || end < position)
            {
                return false;
            }
        }
    }

    private bool TryReadEntry(ReadOnlySpan<byte> info, ref ulong position, out DebugEntry entry)
    {
        entry = default;
        ByteCursor cursor = new(info);
        ulong start = position;
        if (!cursor.TrySeek(position) || !cursor.TryReadUleb128(out ulong code))
        {
            return false;
        }

        if (code == 0)
        {
            position = (ulong)cursor.Position;
            return true;
        }

        if (!_abbreviations.TryGet(code, out Abbreviation abbreviation))
        {
            return false;
        }

        bool isWanted = start == Header.FirstEntry || abbreviation.Tag is Attributes.SubprogramTag or Attributes.InlinedSubroutineTag;
        DebugEntry read = new() { Offset = start, Abbreviation = abbreviation };
        foreach (ref readonly AttributeSpecification attribute in abbreviation.Attributes.AsSpan())
        {
            if (!AttributeForm.TryRead(ref cursor, attribute, Header, out AttributeValue value))
            {
                return false;
            }

            if (isWanted)
            {
                read.Set(attribute.Name, value);
            }
        }

        position = (ulong)cursor.Position;
        entry = read;
        return true;
    }

    /// <summary>A string; null where it cannot be obtained.</summary>
    public string? Text(AttributeValue value)
    {
        ulong offset = value.Number;
        DwarfSection section = DwarfSection.Strings;
        DwarfSections? file = _sections;
        switch (value.Kind)
        {
            case AttributeKind.InlineString:
                section = DwarfSection.Info;
                break;
            case AttributeKind.LineString:
                section = DwarfSection.LineStrings;
                break;
            case AttributeKind.StringIndex:
                ulong place = unchecked(_stringOffsetsBase + (value.Number * (ulong)Header.OffsetSize));
                ByteCursor offsets = new(_sections.Get(DwarfSection.StringOffsets, unchecked(place + sizeof(ulong))));
                if (!offsets.TrySeek(place)
                    || !offsets.TryReadUnsigned(Header.OffsetSize, out offset))
                {
                    return null;
                }

                break;
            case AttributeKind.String:
                break;
            case AttributeKind.AlternateString:
                file = _sections.Alternate;
                break;
            default:
                return null;
        }

        ReadOnlySpan<byte> text = file is null ? default : file.TextAt(section, offset);
        return text.IsEmpty ? null : Encoding.UTF8.GetString(text);
    }

    private bool TryGetAddress(AttributeValue value, out ulong address)
    {
        address = value.Number;
        return value.Kind == AttributeKind.Address || (value.Kind == AttributeKind.AddressIndex && TryGetAddress(value.Number, out address));
    }

    private bool TryGetAddress(ulong index, out ulong address)
    {
        ulong place = unchecked(_addressBase + (index * (ulong)Header.AddressSize));
        ByteCursor cursor = new(_addresses.Get(DwarfSection.Addresses, unchecked(place + sizeof(ulong))));
        address = 0;
        return cursor.TrySeek(place) && cursor.TryReadUnsigned(Header.AddressSize, out address);
    }
}
