using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace PyStack.Engine.Python.Frames;

/// <summary>The slots of all frames as a rehearsal found them, and which of their values have no references to other objects.</summary>
internal sealed class RehearsedSlots
{
    private readonly List<Entry> _frames = [];
    private readonly List<ulong> _slots = [];
    private readonly List<bool> _leaves = [];

    public void Clear()
    {
        _frames.Clear();
        _slots.Clear();
        _leaves.Clear();
    }

    /// <summary>Records a frame at its index in the walk; frames are added in that order.</summary>
    public void Add(int index, in RawFrame frame, ReadOnlySpan<ulong> slots, ReadOnlySpan<bool> leaves)
    {
        while (_frames.Count < index)
        {
            _frames.Add(default);
        }

        _frames.Add(new Entry(frame.Address, frame.Code, _slots.Count, slots.Length));
        _slots.AddRange(slots);
        _leaves.AddRange(leaves);
    }

    /// <summary>Finds a frame that was at the same index in the walk.</summary>
    public bool TryGet(int index, in RawFrame frame, out ReadOnlySpan<ulong> slots, out ReadOnlySpan<bool> leaves)
    {
        slots = default;
        leaves = default;
        if (index >= _frames.Count)
        {
            return false;
        }

        Entry entry = _frames[index];
        if (entry.Address != frame.Address || entry.Code != frame.Code)
        {
            return false;
        }

        slots = CollectionsMarshal.AsSpan(_slots).Slice(entry.Start, entry.Count);
        leaves = CollectionsMarshal.AsSpan(_leaves).Slice(entry.Start, entry.Count);
        return true;
    }

    private readonly record struct Entry(ulong Address, ulong Code, int Start, int Count);
}
