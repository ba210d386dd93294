using System;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Python.Repr;

/// <summary>Counter (Lib/collections/__init__.py, Counter.__repr__): the most common first, those of the same count in insertion order.</summary>
internal sealed partial class ReprWriter
{
    /// <summary>Places of a Counter's table that are put into the order of their counts, in the low bits of the sort key; one with more is shown in its own order.</summary>
    private const int CountPlaceBits = 12;
    private const int MaxCounted = 1 << CountPlaceBits;
    private const long LargestCount = 1L << (62 - CountPlaceBits);

    private readonly ulong[] _counts = new ulong[MaxCounted];

    private bool TryCounter(ulong address, in TypeInfo type)
    {
        if (!_objects.TryOpenEntries(address, out DictEntries entries) || !TryTypeName(type, isShort: true))
        {
            return false;
        }

        _text.Append('(');
        int start = _text.Length;
        int count = SortCounts(entries);
        bool isWritten = count switch
        {
            0 => true,
            > 0 => TryCounts(entries, _counts.AsSpan(0, count)),
            _ => TryDict(address),
        };
        _text.Append(')');
        return isWritten && _text.Length >= start;
    }

    // How many there are, in the order in which they are shown; -1 where they are too many, or are no whole numbers.
    private int SortCounts(DictEntries entries)
    {
        int count = 0;
        while (_objects.TryNext(ref entries, out _, out ulong value))
        {
            if (count == MaxCounted || entries.Place >= MaxCounted || !_objects.TryReadInt64(value, out long number) || number is <= -LargestCount or >= LargestCount)
            {
                return -1;
            }

            _counts[count++] = ((ulong)(LargestCount - number) << CountPlaceBits) | (ulong)entries.Place;
        }

        Array.Sort(_counts, 0, count);
        return count;
    }

    private bool TryCounts(DictEntries entries, ReadOnlySpan<ulong> sorted)
    {
        _text.Append('{');
        for (int i = 0; i < sorted.Length && !_text.IsFull; i++)
        {
            int budget = 1;
            entries.MoveTo((long)(sorted[i] & (MaxCounted - 1)));
            if (!entries.TryNext(ref budget, out ulong key, out ulong value))
            {
                return false;
            }

            _text.Append(i > 0 ? ", " : "");
            Object(key);
            _text.Append(": ");
            Value(key, value);
        }

        AppendIfTruncated();
        _text.Append('}');
        return true;
    }
}
