using System;
using System.Collections.Generic;
using PyStack.Engine.Elf;

namespace PyStack.Engine.Targets.Core;

/// <summary>Makes one list of segments that do not overlap, by ascending address: if several contain an address, the one that is last in the table has it. O(n log n).</summary>
internal static class SegmentSplicer
{
    /// <param name="segments">In the order of the program header table; none is empty or goes beyond the end of the address space.</param>
    public static ProgramHeader[] Splice(ProgramHeader[] segments)
    {
        int[] order = new int[segments.Length];
        for (int i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (left, right) => Compare(segments[left].Address, segments[right].Address, left, right));
        return HasOverlap(segments, order) ? Sweep(segments, order) : Array.ConvertAll(order, index => segments[index]);
    }

    private static bool HasOverlap(ProgramHeader[] segments, int[] byStart)
    {
        for (int i = 1; i < byStart.Length; i++)
        {
            if (segments[byStart[i - 1]].Memory.End > segments[byStart[i]].Address)
            {
                return true;
            }
        }

        return false;
    }

    // Visits all starts and ends in ascending order and keeps the set of open segments: the last one in the table has the address.
    private static ProgramHeader[] Sweep(ProgramHeader[] segments, int[] byStart)
    {
        int[] byEnd = [.. byStart];
        Array.Sort(byEnd, (left, right) => Compare(segments[left].Memory.End, segments[right].Memory.End, left, right));
        List<ProgramHeader> pieces = [];
        SortedSet<int> open = [];
        int started = 0;
        int ended = 0;
        while (ended < byEnd.Length)
        {
            ulong end = segments[byEnd[ended]].Memory.End;
            ulong from = started < byStart.Length ? Math.Min(segments[byStart[started]].Address, end) : end;
            int before = open.Count == 0 ? -1 : open.Max;
            while (ended < byEnd.Length && segments[byEnd[ended]].Memory.End == from)
            {
                open.Remove(byEnd[ended++]);
            }

            while (started < byStart.Length && segments[byStart[started]].Address == from)
            {
                open.Add(byStart[started++]);
            }

            int now = open.Count == 0 ? -1 : open.Max;
            if (now == before)
            {
                continue;
            }

            if (before >= 0)
            {
                pieces[^1] = EndAt(pieces[^1], from);
            }

            if (now >= 0)
            {
                pieces.Add(BeginAt(segments[now], from));
            }
        }

        return [.. pieces];
    }

    private static ProgramHeader BeginAt(in ProgramHeader segment, ulong address)
    {
        ulong gone = address - segment.Address;
        return segment with
        {
            Address = address,
            FileOffset = unchecked(segment.FileOffset + gone),
            FileSize = segment.FileSize > gone ? segment.FileSize - gone : 0,
            MemorySize = segment.MemorySize - gone,
        };
    }

    private static ProgramHeader EndAt(in ProgramHeader segment, ulong end)
        => segment with { FileSize = Math.Min(segment.FileSize, end - segment.Address), MemorySize = end - segment.Address };

    private static int Compare(ulong left, ulong right, int leftIndex, int rightIndex)
        => left != right ? left.CompareTo(right) : leftIndex.CompareTo(rightIndex);
}
