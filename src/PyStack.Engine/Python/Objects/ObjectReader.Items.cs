using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;

namespace PyStack.Engine.Python.Objects;

/// <summary>Items of list, tuple, set, frozenset, deque, and what a cell holds.</summary>
internal sealed partial class ObjectReader
{
    /// <summary>Where the items of a list or tuple, or of a class that inherits from them, are.</summary>
    public bool TryGetItems(ulong address, in TypeInfo type, out ItemRange items)
    {
        // ob_size, and of a list ob_item, which follows it in every version (Include/cpython/listobject.h): one read for both.
        items = default;
        if (type.Kind is not (ObjectKind.List or ObjectKind.Tuple or ObjectKind.NamedTuple)
            || !TryReadField(address, 0, out SizeAndItems fields)
            || fields.Size is < 0 or > int.MaxValue)
        {
            return false;
        }

        items = new ItemRange(type.Kind == ObjectKind.List ? fields.Items : address + (ulong)layout.Values.TupleItems, (int)fields.Size);
        return true;
    }

    /// <summary>The same by the address alone.</summary>
    public bool TryGetItems(ulong address, out ItemRange items)
    {
        items = default;
        return TryGetType(address, out TypeInfo type) && TryGetItems(address, type, out items);
    }

    /// <summary>Reads one item.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadItem(in ItemRange items, int index, out ulong item)
    {
        item = 0;
        return (uint)index < (uint)items.Count && _memory.TryReadPointer(items.Address + ((ulong)index * sizeof(ulong)), out item);
    }

    /// <summary>Reads as many items as the span has room for, and no more than there are.</summary>
    /// <returns>How many were read: fewer where the memory ends.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadItems(in ItemRange items, int first, Span<ulong> chunk)
        => _memory.Read(items.Address + ((ulong)first * sizeof(ulong)), MemoryMarshal.AsBytes(chunk[..Math.Min(chunk.Length, items.Count - first)])) / sizeof(ulong);

    /// <summary>The items of a set or frozenset, in the order of its table.</summary>
    public bool TryOpenSet(ulong address, out SetItems items) => SetItems.TryOpen(_memory, layout, address, out items);

    /// <summary>The next item of a set; false at the end, where <see cref="PlacesLeft"/> has run out, and where memory ends (<see cref="SetItems.IsUnreadable"/>).</summary>
    public bool TryNext(ref SetItems items, out ulong item)
    {
        while (items.HasNext)
        {
            if ((items.Place % PlacesPerQuestion == 0 && IsCancelled()) || --_placesLeft < 0 || !items.TryNextPlace(out ulong key, out bool isDeleted))
            {
                break;
            }

            // What was taken out leaves an object of its own; in 2.7 a str, which only its characters tell from a member.
            if (key != 0 && !(IsPython2 ? IsOldDummy(key) : isDeleted))
            {
                item = key;
                items.Took();
                return true;
            }
        }

        item = 0;
        return false;
    }

    /// <summary>The items of a <c>collections.deque</c>.</summary>
    public bool TryOpenDeque(ulong address, out DequeItems items) => DequeItems.TryOpen(_memory, layout, address, out items);

    /// <summary>What a cell holds, 0 where it is empty; false if the object is no cell.</summary>
    public bool TryGetCellContent(ulong address, out ulong content)
    {
        content = 0;
        return Is(address, ObjectKind.Cell) && _memory.TryReadPointer(address + _head, out content);
    }

    private bool IsOldDummy(ulong key)
    {
        Span<byte> text = stackalloc byte[11];
        return _memory.TryRead(key + _head, out long size)
            && size == text.Length
            && Is(key, ObjectKind.Bytes)
            && _memory.TryRead(key + (ulong)layout.Bytes.Data, text)
            && text.SequenceEqual("<dummy key>"u8);
    }

    private readonly record struct SizeAndItems(long Size, ulong Items);
}
