using System.Runtime.CompilerServices;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>One entry with those of its attributes that we use.</summary>
internal struct DebugEntry
{
    private const int Capacity = 20;

    private Values _values;
    private Names _names;
    private int _count;

    /// <summary>Where it is in <c>.debug_info</c>.</summary>
    public ulong Offset { get; init; }

    /// <summary>Its kind; null for the end of a list of siblings.</summary>
    public Abbreviation? Abbreviation { get; init; }

    /// <summary>Keeps an attribute if it is one of ours.</summary>
    public void Set(ushort name, AttributeValue value)
    {
        bool isOurs = name is Attributes.Name or Attributes.StatementList or Attributes.LowPc or Attributes.HighPc or Attributes.AbstractOrigin
            or Attributes.Specification or Attributes.Ranges or Attributes.CallFile or Attributes.CallLine or Attributes.LinkageName
            or Attributes.StringOffsetsBase or Attributes.AddressBase or Attributes.RangeListsBase or Attributes.OldLinkageName
            or Attributes.CompilationFolder or Attributes.SplitName or Attributes.OldSplitName or Attributes.OldSplitId or Attributes.OldRangesBase or Attributes.OldAddressBase;
        if (isOurs && _count < Capacity)
        {
            _names[_count] = name;
            _values[_count++] = value;
        }
    }

    public readonly bool TryGet(ushort name, out AttributeValue value)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_names[i] == name)
            {
                value = _values[i];
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>A number; null where the entry has none of that name.</summary>
    public readonly ulong? Number(ushort name) => TryGet(name, out AttributeValue value) && value.Kind == AttributeKind.Number ? value.Number : null;

    [InlineArray(Capacity)]
    private struct Values
    {
        private AttributeValue _first;
    }

    [InlineArray(Capacity)]
    private struct Names
    {
        private ushort _first;
    }
}
