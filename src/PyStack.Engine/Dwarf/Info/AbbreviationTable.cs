using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>One attribute that entries of a kind have.</summary>
internal readonly record struct AttributeSpecification(ushort Name, ushort Form, long ImplicitValue);

/// <summary>A kind of entry: its tag, whether entries are below it, and its attributes.</summary>
internal sealed record Abbreviation(ushort Tag, bool HasChildren, AttributeSpecification[] Attributes);

/// <summary>The kinds of entries of a unit (DWARF 5, 7.5.3).</summary>
internal sealed class AbbreviationTable
{
    private const int MaxAbbreviations = 1 << 20;
    private const int MaxAttributes = 4096;

    // Compilers number them from 1 without gaps; others are in the dictionary.
    private readonly List<Abbreviation> _inOrder = [];
    private readonly Dictionary<ulong, Abbreviation> _others = new(AddressHash.Comparer);

    /// <summary>How much is read first if the end of the table is not known. Compilers need some hundred bytes.</summary>
    private const ulong FirstLook = 8192;

    // Bytes of one kind and of one attribute in .NET's memory layout.
    private const int AbbreviationBytes = 96;
    private const int AttributeBytes = 16;

    /// <summary>Bytes that were taken out of the budget.</summary>
    public long Cost { get; private set; }

    /// <summary>Reads the table at an offset of <c>.debug_abbrev</c>; entries after invalid data, or beyond the budget, are missing.</summary>
    public static AbbreviationTable Read(DwarfSections sections, ulong offset)
    {
        ulong end = sections.LengthOf(DwarfSection.Abbreviations);
        for (ulong look = FirstLook; ; look *= 4)
        {
            ReadOnlySpan<byte> bytes = offset < end ? sections.Get(DwarfSection.Abbreviations, offset + look) : default;
            AbbreviationTable table = new();
            if (table.TryFill(bytes, offset, sections.Budget) || offset >= end || look >= end - offset || (ulong)bytes.Length < offset + look)
            {
                return table;
            }

            sections.Budget.Give(table.Cost);
        }
    }

    // False where the bytes end in the middle of the table.
    private bool TryFill(ReadOnlySpan<byte> bytes, ulong offset, BinaryBudget budget)
    {
        ByteCursor cursor = new(bytes);
        List<AttributeSpecification> attributes = [];
        if (!cursor.TrySeek(offset))
        {
            return false;
        }

        for (int i = 0; i < MaxAbbreviations; i++)
        {
            if (!cursor.TryReadUleb128(out ulong code))
            {
                return false;
            }

            if (code == 0)
            {
                return true;
            }

            if (!cursor.TryReadUleb128(out ulong tag) || !cursor.TryReadByte(out byte hasChildren) || !TryReadAttributes(ref cursor, attributes))
            {
                return false;
            }

            int cost = AbbreviationBytes + (AttributeBytes * attributes.Count);
            if (!budget.TryTake(cost))
            {
                return true;
            }

            Cost += cost;
            Abbreviation abbreviation = new((ushort)Math.Min(tag, ushort.MaxValue), hasChildren != 0, [.. attributes]);
            if (code == (ulong)_inOrder.Count + 1)
            {
                _inOrder.Add(abbreviation);
            }
            else
            {
                _others.TryAdd(code, abbreviation);
            }
        }

        return true;
    }

    public bool TryGet(ulong code, out Abbreviation abbreviation)
    {
        if (code - 1 < (ulong)_inOrder.Count)
        {
            abbreviation = _inOrder[(int)(code - 1)];
            return true;
        }

        return _others.TryGetValue(code, out abbreviation!);
    }

    private static bool TryReadAttributes(ref ByteCursor cursor, List<AttributeSpecification> attributes)
    {
        attributes.Clear();
        while (attributes.Count < MaxAttributes)
        {
            long value = 0;
            if (!cursor.TryReadUleb128(out ulong name)
                || !cursor.TryReadUleb128(out ulong form)
                || (form == AttributeForm.ImplicitConst && !cursor.TryReadSleb128(out value))
                || name > ushort.MaxValue
                || form > ushort.MaxValue)
            {
                return false;
            }

            if (name == 0 && form == 0)
            {
                return true;
            }

            attributes.Add(new AttributeSpecification((ushort)name, (ushort)form, value));
        }

        return false;
    }
}
