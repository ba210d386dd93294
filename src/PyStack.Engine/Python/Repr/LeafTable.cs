using System;
using System.Numerics;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Python.Repr;

/// <summary>
/// Objects without references whose bytes are already in the copy: while a target is stopped, most values are the same as a moment before, and are skipped after a
/// check of their type and size. By open addressing, for the reason that <see cref="FrameList"/> gives.
/// </summary>
internal sealed class LeafTable
{
    private Entry[] _slots = new Entry[1024];
    private int _count;

    /// <summary>Slots that all calls have examined, as in <see cref="AddressSet"/>.</summary>
    public long Probes { get; private set; }

    /// <summary>Whether it may not allocate, as in the pause: an object without room is not recorded, and is read again at its next occurrence.</summary>
    public bool IsFixed { get; set; }

    public void Clear()
    {
        Array.Clear(_slots);
        _count = 0;
    }

    /// <summary>Reserves twice the current size, so that the pause allocates nothing.</summary>
    public void ReserveDouble() => Grow((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)(_count + 256) * 4), 1 << 26));

    /// <summary>Finds the record of an object.</summary>
    /// <param name="first">Its type.</param>
    /// <param name="second">The word after it, which has its size.</param>
    /// <param name="length">Characters of its text, at least.</param>
    public bool TryGet(ulong address, out ulong first, out ulong second, out int length)
    {
        ref Entry entry = ref Find(address);
        (first, second, length) = (entry.First, entry.Second, entry.Length);
        return entry.Address != 0;
    }

    /// <summary>Records an object, or updates its record.</summary>
    public void Set(ulong address, ulong first, ulong second, int length)
    {
        if (_count * 2 >= _slots.Length)
        {
            if (IsFixed)
            {
                return;
            }

            Grow(_slots.Length * 2);
        }

        ref Entry entry = ref Find(address);
        _count += entry.Address == 0 ? 1 : 0;
        entry = new Entry { Address = address, First = first, Second = second, Length = length };
    }

    private ref Entry Find(ulong address)
    {
        Entry[] slots = _slots;
        int mask = slots.Length - 1;
        int at = AddressHash.Bucket(address, mask);
        Probes++;
        while (slots[at].Address != address && slots[at].Address != 0)
        {
            at = (at + 1) & mask;
            Probes++;
        }

        return ref slots[at];
    }

    private void Grow(int length)
    {
        if (length <= _slots.Length)
        {
            return;
        }

        Entry[] old = _slots;
        _slots = new Entry[length];
        foreach (Entry entry in old)
        {
            if (entry.Address != 0)
            {
                Find(entry.Address) = entry;
            }
        }
    }

    private struct Entry
    {
        public ulong Address;
        public ulong First;
        public ulong Second;
        public int Length;
    }
}
