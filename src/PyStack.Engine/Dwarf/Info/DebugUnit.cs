using System;
using System.Collections.Generic;
using System.Text;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>One unit of <c>.debug_info</c>: its abbreviations and the bases that its own entry names.</summary>
internal sealed partial class DebugUnit
{
    private readonly DwarfSections _sections;
    private readonly AbbreviationTable _abbreviations;
    private ulong _lowPc;
    private ulong _addressBase;
    private ulong _stringOffsetsBase;
    private ulong _rangeListsBase;

    private DebugUnit(DwarfSections sections, in UnitHeader header)
    {
        _sections = sections;
        Header = header;
        _abbreviations = AbbreviationTable.Read(sections.Get(DwarfSection.Abbreviations), header.Abbreviations);
    }

    public UnitHeader Header { get; }

    /// <summary>Where its line table is in <c>.debug_line</c>; null if it has none.</summary>
    public ulong? LineTable { get; private set; }

    /// <summary>Its code, as its own entry says; empty where it does not.</summary>
    public List<AddressRange> Code { get; } = [];

    private ReadOnlySpan<byte> Info => _sections.Get(DwarfSection.Info);

    /// <summary>Reads the unit at an offset, and of its entries the first.</summary>
    public static DebugUnit? Read(DwarfSections sections, ulong offset)
    {
        if (!UnitHeader.TryRead(sections.Get(DwarfSection.Info), offset, out UnitHeader header) || !header.HasCode)
        {
            return null;
        }

        DebugUnit unit = new(sections, header);
        ulong position = header.FirstEntry;
        if (!unit.TryReadEntry(ref position, out DebugEntry entry) || entry.Abbreviation is null)
        {
            return null;
        }

        // The bases stand in the same entry as what counts from them, and in any order.
        unit._addressBase = entry.Number(Attributes.AddressBase) ?? 0;
        unit._stringOffsetsBase = entry.Number(Attributes.StringOffsetsBase) ?? 0;
        unit._rangeListsBase = entry.Number(Attributes.RangeListsBase) ?? 0;
        unit.LineTable = entry.Number(Attributes.StatementList);
        if (entry.TryGet(Attributes.LowPc, out AttributeValue low) && unit.TryGetAddress(low, out ulong start))
        {
            unit._lowPc = start;
        }

        unit.AddRanges(entry, unit.Code);
        return unit;
    }

    /// <summary>Whether it stands in that file.</summary>
    public bool IsOf(DwarfSections sections) => ReferenceEquals(_sections, sections);

    /// <summary>Reads the entry at a position of <c>.debug_info</c> and goes behind it. One without an abbreviation ends a list of siblings.</summary>
    public bool TryReadEntry(ref ulong position, out DebugEntry entry)
    {
        entry = default;
        ByteCursor cursor = new(Info[..(int)Math.Min((ulong)Info.Length, Header.End)]);
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

    /// <summary>A string; null where it cannot be had.</summary>
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
                ByteCursor offsets = new(_sections.Get(DwarfSection.StringOffsets));
                if (!offsets.TrySeek(unchecked(_stringOffsetsBase + (value.Number * (ulong)Header.OffsetSize)))
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

        ByteCursor cursor = new(file is null ? default : file.Get(section));
        return cursor.TrySeek(offset) && cursor.TryReadString(out ReadOnlySpan<byte> text) ? Encoding.UTF8.GetString(text) : null;
    }

    private bool TryGetAddress(AttributeValue value, out ulong address)
    {
        address = value.Number;
        return value.Kind == AttributeKind.Address || (value.Kind == AttributeKind.AddressIndex && TryGetAddress(value.Number, out address));
    }

    private bool TryGetAddress(ulong index, out ulong address)
    {
        ByteCursor cursor = new(_sections.Get(DwarfSection.Addresses));
        address = 0;
        return cursor.TrySeek(unchecked(_addressBase + (index * (ulong)Header.AddressSize))) && cursor.TryReadUnsigned(Header.AddressSize, out address);
    }
}
