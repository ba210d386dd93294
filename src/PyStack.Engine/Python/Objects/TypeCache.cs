using System;
using System.Numerics;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Frames;

namespace PyStack.Engine.Python.Objects;

/// <summary>What was found at the addresses of types, including that there is no type. By open addressing, for the reason that <see cref="FrameList"/> gives.</summary>
internal sealed class TypeCache
{
    private const int MaxTypes = 65_536;

    private Entry[] _slots = new Entry[256];
    private int _count;

    /// <summary>Whether it may not allocate, as in the pause: a type without room is read again at its next occurrence.</summary>
    public bool IsFixed { get; set; }

    public void Clear()
    {
        if (_count > 0)
        {
            Array.Clear(_slots);
            _count = 0;
        }
    }

    /// <summary>Reserves twice the current size, so that the pause allocates nothing.</summary>
    public void ReserveDouble() => Grow((int)BitOperations.RoundUpToPowerOf2((uint)(_count + 64) * 4));

    /// <summary>Finds the record of an address, which is not 0.</summary>
    /// <param name="isType">Whether a type is there.</param>
    public bool TryGet(ulong address, out TypeInfo type, out bool isType)
    {
        ref Entry entry = ref Find(address);
        (type, isType) = (entry.Type, entry.IsType);
        return entry.Address != 0;
    }

    /// <summary>Records a new address.</summary>
    public void Add(ulong address, in TypeInfo type, bool isType)
    {
        if (_count >= MaxTypes)
        {
            return;
        }

        if (_count * 2 >= _slots.Length)
        {
            if (IsFixed)
            {
                return;
            }

            Grow(_slots.Length * 2);
        }

        Find(address) = new Entry { Address = address, Type = type, IsType = isType };
        _count++;
    }

    private ref Entry Find(ulong address)
    {
        Entry[] slots = _slots;
        int mask = slots.Length - 1;
        int at = AddressHash.Bucket(address, mask);
        while (slots[at].Address != address && slots[at].Address != 0)
        {
            at = (at + 1) & mask;
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
        public TypeInfo Type;
        public bool IsType;
    }
}
