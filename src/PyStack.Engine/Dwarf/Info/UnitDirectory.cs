using System.Collections.Generic;
using System.Runtime.InteropServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Dwarf.Info;

/// <summary>The units of one file by the offset of any entry in them: for references from one unit to another. Not safe for several threads at once.</summary>
internal sealed class UnitDirectory(DwarfSections sections, Limits limits)
{
    private readonly List<ulong> _starts = [];
    private readonly Dictionary<ulong, DebugUnit?> _units = new(AddressHash.Comparer);

    /// <summary>The unit that holds a place in <c>.debug_info</c>; null where there is none.</summary>
    public DebugUnit? UnitOf(ulong position)
    {
        if (_starts.Count == 0)
        {
            ulong offset = 0;
            while (_starts.Count < limits.DebugEntries
                && UnitHeader.TryRead(sections, offset, out UnitHeader header)
                && sections.Budget.TryTake(2 * sizeof(ulong)))
            {
                _starts.Add(offset);
                offset = header.End;
            }
        }

        int index = SortedSearch.LastAtOrBefore(CollectionsMarshal.AsSpan(_starts), position);
        return index < 0 ? null : UnitAt(_starts[index]);
    }

    /// <summary>The unit that begins at a place; null if it cannot be read.</summary>
    public DebugUnit? UnitAt(ulong offset)
    {
        if (!_units.TryGetValue(offset, out DebugUnit? unit))
        {
            unit = DebugUnit.Read(sections, offset);
            _units.Add(offset, unit);
        }

        return unit;
    }
}
