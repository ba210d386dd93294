using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// Iterates over the entries of a dict, or of an instance's values, in the order in which they were set: combined and split tables of all versions, deleted entries left out
/// (Objects/dictobject.c, internal/pycore_dict.h).
/// </summary>
internal ref struct DictEntries
{
    /// <summary>sizeof(PyDictKeyEntry), and of 2.7's PyDictEntry: hash, key, value.</summary>
    private const int GeneralEntry = 24;

    /// <summary>sizeof(PyDictUnicodeEntry): key, value.</summary>
    private const int TextEntry = 16;

    /// <summary>DICT_KEYS_GENERAL (internal/pycore_dict.h)</summary>
    private const byte GeneralKind = 0;

    private const int MaxLogSize = 40;

    private readonly IMemorySource _memory;
    private readonly ulong _entries;
    private readonly int _entrySize;
    private readonly long _count;
    private readonly ulong _values;
    private readonly ulong _order;
    private readonly bool _isOrderBackwards;
    private long _next;

    private DictEntries(IMemorySource memory, ulong entries, int entrySize, long count, ulong values, ulong order, bool isOrderBackwards)
    {
        _memory = memory;
        _entries = entries;
        _entrySize = entrySize;
        _count = count;
        _values = values;
        _order = order;
        _isOrderBackwards = isOrderBackwards;
    }

    /// <summary>Where the entries are and how many there are: a different number means that the dict has changed.</summary>
    public readonly ulong Signature => _entries ^ (_values * 31) ^ ((ulong)_count << 48) ^ (ulong)_entrySize;

    /// <summary>The entries of a dict object.</summary>
    public static bool TryOpen(IMemorySource memory, PythonLayout layout, ulong dict, out DictEntries entries)
    {
        entries = default;
        ValueLayout at = layout.Values;
        if (!memory.TryReadPointer(dict + (ulong)at.DictKeys, out ulong keys) || !memory.TryReadPointer(dict + (ulong)at.DictValues, out ulong values))
        {
            return false;
        }

        if (at.DictKind != DictKind.Table)
        {
            return TryOpen(memory, layout, keys, values, out entries);
        }

        // 2.7: values is the mask.
        if (keys == 0 || values >= 1ul << MaxLogSize)
        {
            return false;
        }

        entries = new DictEntries(memory, keys, GeneralEntry, (long)values + 1, 0, 0, false);
        return true;
    }

    /// <summary>The entries of a table of keys, with the values in it or separate.</summary>
    /// <param name="values">A <c>PyDictValues</c>; 0 where they are in the table.</param>
    public static bool TryOpen(IMemorySource memory, PythonLayout layout, ulong keys, ulong values, out DictEntries entries)
    {
        entries = default;
        ValueLayout at = layout.Values;
        if (keys == 0
            || at.KeysEntryCount is not int countOffset
            || at.KeysIndices is not int indices
            || !memory.TryRead(keys + (ulong)countOffset, out long count)
            || count < 0
            || !TryReadIndexBytes(memory, layout, keys, count, out ulong indexBytes, out int entrySize))
        {
            return false;
        }

        ulong first = keys + (ulong)indices + indexBytes;
        if (values == 0)
        {
            entries = new DictEntries(memory, first, entrySize, count, 0, 0, false);
            return true;
        }

        return at.DictKind == DictKind.Keys
            ? TryOpenArray(memory, first, entrySize, count, values, out entries)
            : TryOpenOrdered(memory, at, first, entrySize, values, out entries);
    }

    /// <summary>The index of the entry that <see cref="TryNext"/> returned last.</summary>
    public readonly long Place => _next - 1;

    /// <summary>Continues from an index.</summary>
    public void MoveTo(long place) => _next = place;

    /// <summary>The next entry that holds a value; false at the end, and if the memory cannot be read.</summary>
    /// <param name="budget">Places examined, deleted ones included, are taken from it.</param>
    public bool TryNext(ref int budget, out ulong key, out ulong value)
    {
        key = 0;
        value = 0;
        while (_next < _count && --budget >= 0)
        {
            long index = _next++;
            if (_order != 0)
            {
                if (!_memory.TryRead(_isOrderBackwards ? _order - (ulong)index : _order + (ulong)index, out byte place))
                {
                    return false;
                }

                index = place;
            }

            // The last two words of an entry are its key and its value.
            ulong entry = _entries + ((ulong)index * (ulong)_entrySize) + (ulong)(_entrySize - TextEntry);
            if (!_memory.TryReadPointer(entry, out key)
                || !_memory.TryReadPointer(_values != 0 ? _values + ((ulong)index * sizeof(ulong)) : entry + sizeof(ulong), out value))
            {
                return false;
            }

            if (key != 0 && value != 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryReadIndexBytes(IMemorySource memory, PythonLayout layout, ulong keys, long count, out ulong bytes, out int entrySize)
    {
        bytes = 0;
        entrySize = GeneralEntry;
        ulong word = keys + sizeof(ulong); // after dk_refcnt
        if (layout.Values.DictKind == DictKind.Keys)
        {
            if (!memory.TryRead(word, out long size) || size <= 0 || size > 1L << MaxLogSize || count > size)
            {
                return false;
            }

            bytes = (ulong)size * (size <= 0xff ? 1u : size <= 0xffff ? 2u : size <= 0xffff_ffff ? 4u : 8u);
            return true;
        }

        // dk_log2_size, dk_log2_index_bytes, dk_kind
        Span<byte> small = stackalloc byte[3];
        if (!memory.TryRead(word, small) || small[0] > MaxLogSize || small[1] > MaxLogSize + 3 || count > 1L << small[0])
        {
            return false;
        }

        bytes = 1ul << small[1];
        entrySize = small[2] == GeneralKind ? GeneralEntry : TextEntry;
        return true;
    }

    // To 3.10 the values of a split table are in the order of its keys, and are set in that order.
    private static bool TryOpenArray(IMemorySource memory, ulong first, int entrySize, long count, ulong values, out DictEntries entries)
    {
        entries = new DictEntries(memory, first, entrySize, count, values, 0, false);
        return true;
    }

    // From 3.11 on bytes record the order: in 3.11 and 3.12 before the values, their number last but one; later after them, their number at the start.
    private static bool TryOpenOrdered(IMemorySource memory, ValueLayout at, ulong first, int entrySize, ulong values, out DictEntries entries)
    {
        entries = default;
        if (at.ValuesItems is not int items)
        {
            return false;
        }

        if (items == 0)
        {
            if (!memory.TryRead(values - 2, out byte used))
            {
                return false;
            }

            entries = new DictEntries(memory, first, entrySize, used, values, values - 3, true);
            return true;
        }

        Span<byte> head = stackalloc byte[2]; // capacity, size
        if (!memory.TryRead(values, head) || head[1] > head[0])
        {
            return false;
        }

        ulong array = values + (ulong)items;
        entries = new DictEntries(memory, first, entrySize, head[1], array, array + ((ulong)head[0] * sizeof(ulong)), false);
        return true;
    }
}
