using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>Finds attributes of an instance: in its dict, or where its version stores them without one.</summary>
internal static class InstanceAttributes
{
    /// <summary>More than any class has whose attributes are read.</summary>
    private const int MaxEntries = 4096;

    // More than any instance has: bytes of its fixed part (tp_basicsize), bytes of an item (tp_itemsize), items.
    private const int MaxBasicSize = 1 << 20;
    private const int MaxItemSize = 4096;
    private const int MaxItems = 1 << 24;

    /// <summary>The embedded values are valid if this byte is not zero: <c>valid</c> (internal/pycore_dict.h, 3.13).</summary>
    private const int ValuesValid = 3;

    /// <summary>Finds an attribute by its ASCII name.</summary>
    /// <param name="places">How many entries may be examined, in this search and others.</param>
    public static bool TryFind(IMemorySource memory, PythonLayout layout, ulong instance, TypeInfo type, ReadOnlySpan<byte> name, ref int places, out ulong value)
    {
        value = 0;
        return TryOpen(memory, layout, instance, type, out DictEntries entries) && TryFind(memory, layout, entries, name, ref places, out value);
    }

    /// <summary>Finds an entry of a dict object by its ASCII name.</summary>
    public static bool TryFindInDict(IMemorySource memory, PythonLayout layout, ulong dict, ReadOnlySpan<byte> name, ref int places, out ulong value)
    {
        value = 0;
        return dict != 0 && DictEntries.TryOpen(memory, layout, dict, out DictEntries entries) && TryFind(memory, layout, entries, name, ref places, out value);
    }

    private static bool TryFind(IMemorySource memory, PythonLayout layout, DictEntries entries, ReadOnlySpan<byte> name, ref int places, out ulong value)
    {
        int budget = Math.Clamp(places, 0, MaxEntries);
        int before = budget;
        bool isFound = TrySearch(memory, layout, entries, name, ref budget, out value);
        places -= before - Math.Max(0, budget);
        return isFound;
    }

    private static bool TrySearch(IMemorySource memory, PythonLayout layout, DictEntries entries, ReadOnlySpan<byte> name, ref int budget, out ulong value)
    {
        while (entries.TryNext(ref budget, out ulong key, out value))
        {
            if (NameObject.Matches(memory, key, layout, name))
            {
                return true;
            }
        }

        value = 0;
        return false;
    }

    /// <summary>All attributes that an instance has in its dict, or where its version stores them without one.</summary>
    public static bool TryOpen(IMemorySource memory, PythonLayout layout, ulong instance, TypeInfo type, out DictEntries entries)
    {
        entries = default;
        ValueLayout at = layout.Values;
        if (at.ManagedDict != ManagedDictKind.None && (type.Flags & TypeInfo.ManagedDict) != 0)
        {
            return TryOpenManaged(memory, layout, instance, type, out entries);
        }

        return memory.TryRead(type.Address + (ulong)at.TypeDictOffset, out long offset)
            && offset != 0
            && (offset > 0 || TryFromEnd(memory, layout, instance, type, ref offset))
            && memory.TryReadPointer(unchecked(instance + (ulong)offset), out ulong dict)
            && dict != 0
            && DictEntries.TryOpen(memory, layout, dict, out entries);
    }

    private static bool TryOpenManaged(IMemorySource memory, PythonLayout layout, ulong instance, TypeInfo type, out DictEntries entries)
    {
        entries = default;
        ValueLayout at = layout.Values;
        ulong words = (ulong)(at.ManagedDictWords ?? 3);
        if (!memory.TryReadPointer(instance - (words * sizeof(ulong)), out ulong dict))
        {
            return false;
        }

        ulong values = 0;
        switch (at.ManagedDict)
        {
            case ManagedDictKind.TwoPointers:
                if (!memory.TryReadPointer(instance - (4 * sizeof(ulong)), out values))
                {
                    return false;
                }

                break;
            case ManagedDictKind.TaggedPointer when (dict & 1) != 0:
                values = dict + 1;
                break;
            case ManagedDictKind.Inline when dict == 0 && (type.Flags & TypeInfo.InlineValues) != 0:
                if (!memory.TryReadPointer(type.Address + (ulong)at.TypeBasicSize, out ulong size)
                    || size > MaxBasicSize
                    || !memory.TryRead(instance + size + ValuesValid, out byte isValid)
                    || isValid == 0)
                {
                    return false;
                }

                values = instance + size;
                break;
        }

        return values != 0
            ? memory.TryReadPointer(type.Address + (ulong)at.TypeCachedKeys!.Value, out ulong keys) && DictEntries.TryOpen(memory, layout, keys, values, out entries)
            : dict != 0 && DictEntries.TryOpen(memory, layout, dict, out entries);
    }

    // Of an object of variable size the dict is at its end (Objects/object.c, _PyObject_GetDictPtr).
    private static bool TryFromEnd(IMemorySource memory, PythonLayout layout, ulong instance, TypeInfo type, ref long offset)
    {
        if (!memory.TryRead(type.Address + (ulong)layout.Values.TypeBasicSize, out long basicSize)
            || !memory.TryRead(type.Address + (ulong)layout.Values.TypeBasicSize + sizeof(long), out long itemSize)
            || !memory.TryRead(instance + (ulong)layout.Object.VarSize, out long count)
            || basicSize is < 0 or > MaxBasicSize
            || itemSize is < 0 or > MaxItemSize)
        {
            return false;
        }

        count = layout.Values.LongTagBits is int bits && (type.Flags & TypeInfo.IntSubclass) != 0 ? count >>> bits : Math.Abs(count);
        if (count is < 0 or > MaxItems)
        {
            return false;
        }

        offset += (basicSize + (count * itemSize) + sizeof(ulong) - 1) & ~(long)(sizeof(ulong) - 1);
        return offset > 0;
    }
}
