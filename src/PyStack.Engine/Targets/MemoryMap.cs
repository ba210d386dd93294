using System.Collections.Generic;

namespace PyStack.Engine.Targets;

/// <summary>A target's mappings by ascending address.</summary>
internal sealed class MemoryMap(IReadOnlyList<MemoryRegion> regions)
{
    public IReadOnlyList<MemoryRegion> Regions { get; } = regions;

    /// <summary>The region that holds an address, or null. O(log n).</summary>
    public MemoryRegion? Find(ulong address)
    {
        int low = 0;
        int high = Regions.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            MemoryRegion region = Regions[middle];
            if (address < region.Range.Start)
            {
                high = middle - 1;
            }
            else if (address >= region.Range.End)
            {
                low = middle + 1;
            }
            else
            {
                return region;
            }
        }

        return null;
    }
}
