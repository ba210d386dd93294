using System;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Python.Layouts;

namespace PyStack.Engine.Python.Objects;

/// <summary>
/// Goes through a <c>collections.deque</c> (Modules/_collectionsmodule.c, dequeobject): after the size (2.7 has it later) leftblock, rightblock, leftindex, rightindex, state,
/// maxlen. A block has leftlink, the items, rightlink; in 2.7 the items, rightlink, leftlink.
/// </summary>
internal ref struct DequeItems
{
    /// <summary>BLOCKLEN: items of a block.</summary>
    private const int ItemsInBlock = 64;
    private const int OldItemsInBlock = 62;

    private readonly IMemorySource _memory;
    private readonly int _blockItems;
    private readonly int _firstWord;
    private ulong _block;
    private long _index;
    private long _taken;

    private DequeItems(IMemorySource memory, bool isOld, ulong block, long index, long count, long maxLength)
    {
        _memory = memory;
        _blockItems = isOld ? OldItemsInBlock : ItemsInBlock;
        _firstWord = isOld ? 0 : 1;
        _block = block;
        _index = index;
        Count = count;
        MaxLength = maxLength;
    }

    /// <summary>How many items it says that it has: what goes through them bounds it.</summary>
    public readonly long Count { get; }

    /// <summary><c>maxlen</c>; below 0 where there is none.</summary>
    public readonly long MaxLength { get; }

    /// <summary>Whether an item could not be read.</summary>
    public readonly bool IsUnreadable => _taken < 0;

    /// <summary>Opens a deque; false where its fields make no sense.</summary>
    public static bool TryOpen(IMemorySource memory, PythonLayout layout, ulong deque, out DequeItems items)
    {
        items = default;
        bool isOld = layout.Unicode is null;
        Span<long> words = stackalloc long[7];
        if (!memory.TryRead(deque + (ulong)layout.Object.VarSize, MemoryMarshal.AsBytes(words)))
        {
            return false;
        }

        (long count, ulong block, long index) = isOld ? (words[4], (ulong)words[0], words[2]) : (words[0], (ulong)words[1], words[3]);
        if (count < 0 || index < 0 || index > (isOld ? OldItemsInBlock : ItemsInBlock))
        {
            return false;
        }

        items = new DequeItems(memory, isOld, block, index, count, words[6]);
        return true;
    }

    /// <summary>The next item, from the left; false after the last one, and where memory ends.</summary>
    public bool TryNext(out ulong item)
    {
        item = 0;
        if (_taken < 0 || _taken >= Count)
        {
            return false;
        }

        bool isRead = true;
        if (_index >= _blockItems)
        {
            isRead = _memory.TryReadPointer(_block + ((ulong)(_firstWord + _blockItems) * sizeof(ulong)), out _block); // rightlink
            _index = 0;
        }

        isRead = isRead && _memory.TryReadPointer(_block + ((ulong)(_firstWord + _index++) * sizeof(ulong)), out item);
        _taken = isRead ? _taken + 1 : -1;
        return isRead;
    }
}
