using System.Collections.Generic;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;

namespace PyStack.Engine.Python.Runtime.Search;

/// <summary>Where a pointer to an interpreter's data may lead: the writable memory of a target. Fast, for millions of words.</summary>
internal sealed class PointerRanges
{
    private readonly AddressRange[] _ranges;

    public PointerRanges(MemoryMap map)
    {
        List<AddressRange> ranges = [];
        foreach (MemoryRegion region in map.Regions)
        {
            if (!region.IsWritable || !region.IsReadable)
            {
                continue;
            }

            if (ranges.Count > 0 && ranges[^1].End == region.Range.Start)
            {
                ranges[^1] = new AddressRange(ranges[^1].Start, region.Range.End);
            }
            else
            {
                ranges.Add(region.Range);
            }
        }

        _ranges = [.. ranges];
    }

    /// <summary>Whether a word is an aligned address inside writable memory.</summary>
    public bool Holds(ulong word)
    {
        if (word == 0 || word % sizeof(ulong) != 0 || _ranges.Length == 0 || word < _ranges[0].Start || word >= _ranges[^1].End)
        {
            return false;
        }

        int low = 0;
        int high = _ranges.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (_ranges[middle].Start <= word)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return word < _ranges[low].End;
    }
}
