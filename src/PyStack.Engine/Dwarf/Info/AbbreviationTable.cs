using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>One attribute that entries of a kind have.</summary>
internal readonly record struct AttributeSpecification(ushort Name, ushort Form, long ImplicitValue);

/// <summary>A kind of entry: its tag, whether entries stand below it, and its attributes.</summary>
internal sealed record Abbreviation(ushort Tag, bool HasChildren, AttributeSpecification[] Attributes);

/// <summary>The kinds of entries of a unit (DWARF 5, 7.5.3).</summary>
internal sealed class AbbreviationTable
{
    private const int MaxAbbreviations = 1 << 20;
    private const int MaxAttributes = 4096;
    // Compilers number them from 1 without gaps; whatever is numbered otherwise stands in the dictionary.
    private readonly List<Abbreviation> _inOrder = [];
    private readonly Dictionary<ulong, Abbreviation> _others = new(AddressHash.Comparer);

    /// <summary>Reads the table at an offset of <c>.debug_abbrev</c>; what follows something broken is missing.</summary>
    public static AbbreviationTable Read(ReadOnlySpan<byte> section, ulong offset)
    {
        AbbreviationTable table = new();
        ByteCursor cursor = new(section);
        List<AttributeSpecification> attributes = [];
        if (!cursor.TrySeek(offset))
        {
            return table;
        }

        for (int i = 0; i < MaxAbbreviations; i++)
        {
            if (!cursor.TryReadUleb128(out ulong code)
                || code == 0
                || !cursor.TryReadUleb128(out ulong tag)
                || !cursor.TryReadByte(out byte hasChildren)
                || !TryReadAttributes(ref cursor, attributes))
            {
                break;
            }

            Abbreviation abbreviation = new((ushort)Math.Min(tag, ushort.MaxValue), hasChildren != 0, [.. attributes]);
            if (code == (ulong)table._inOrder.Count + 1)
            {
                table._inOrder.Add(abbreviation);
            }
            else
            {
                table._others.TryAdd(code, abbreviation);
            }
        }

        return table;
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
