using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>Goes through the table of a set (Objects/setobject.c): entries of key and hash.</summary>
internal ref struct SetItems
{
    private const int EntrySize = 16;
    private const long MaxMask = 1L << 40;

    private readonly IMemorySource _memory;
    private readonly ulong _table;
    private readonly long _mask;
    private readonly int _keyIndex;
    private long _left;

    private SetItems(IMemorySource memory, ulong table, long mask, long used, int keyIndex)
    {
        _memory = memory;
        _table = table;
        _mask = mask;
        _left = used;
        _keyIndex = keyIndex;
        Count = used;
    }

    /// <summary>How many items the set says that it has.</summary>
    public readonly long Count { get; }

    /// <summary>How many places of the table were examined.</summary>
    public long Place { get; private set; }

    /// <summary>Whether there are places left, and items that they can hold.</summary>
    public readonly bool HasNext => _left > 0 && Place <= _mask;

    /// <summary>Whether a place could not be read.</summary>
    public bool IsUnreadable { get; private set; }

    /// <summary>Opens a set; false where its fields make no sense.</summary>
    public static bool TryOpen(IMemorySource memory, PythonLayout layout, ulong set, out SetItems items)
    {
        items = default;
        ulong usedField = set + (ulong)layout.Object.VarSize + sizeof(long); // fill, used
        if (!memory.TryReadPointer(set + (ulong)layout.Values.SetTable, out ulong table)
            || !memory.TryRead(set + (ulong)layout.Values.SetMask, out long mask)
            || !memory.TryRead(usedField, out long used)
            || mask is < 0 or > MaxMask
            || used < 0
            || used > mask + 1)
        {
            return false;
        }

        items = new SetItems(memory, table, mask, used, layout.Values.SetEntryKey / sizeof(ulong));
        return true;
    }

    /// <summary>The next place of the table, free ones included; false where it cannot be read.</summary>
    /// <param name="isDeleted">Whether the hash is the one of what was taken out, which nothing else has (3.x).</param>
    public bool TryNextPlace(out ulong key, out bool isDeleted)
    {
        (key, isDeleted) = (0, false);
        Span<ulong> entry = stackalloc ulong[2];
        if (!_memory.TryRead(_table + ((ulong)Place * EntrySize), MemoryMarshal.AsBytes(entry)))
        {
            IsUnreadable = true;
            return false;
        }

        Place++;
        key = entry[_keyIndex];
        isDeleted = entry[1 - _keyIndex] == ulong.MaxValue;
        return true;
    }

    /// <summary>Counts an item: after as many as the set says there is nothing to look for.</summary>
    public void Took() => _left--;
}
