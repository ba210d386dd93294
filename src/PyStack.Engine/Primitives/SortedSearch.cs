using System;

namespace PyStack.Engine.Primitives;

/// <summary>Binary searches in rows that are sorted by their start addresses. O(log n).</summary>
internal static class SortedSearch
{
    /// <summary>The index of the last start at or before an address; -1 if there is none.</summary>
    public static int LastAtOrBefore(ReadOnlySpan<ulong> starts, ulong address) => LastAtOrBefore(starts, address, static start => start);

    /// <summary>The index of the last row that begins at or before an address; -1 if there is none.</summary>
    public static int LastAtOrBefore<T>(ReadOnlySpan<T> rows, ulong address, Func<T, ulong> startOf)
    {
        int low = 0;
        int high = rows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (startOf(rows[middle]) <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low - 1;
    }
}
