using System;
using System.Numerics;

namespace PyStack.Engine.Primitives;

/// <summary>Addresses that were seen, by open addressing. For the pause: nothing is allocated while there is room.</summary>
internal sealed class AddressSet
{
    private ulong[] _slots = new ulong[512];
    private bool _hasZero;

    public int Count { get; private set; }

    /// <summary>Slots that all calls have examined: what a hostile target would drive up by addresses that collide.</summary>
    public long Probes { get; private set; }

    /// <summary>Adds an address; false if it was present.</summary>
    public bool Add(ulong address)
    {
        if (address == 0)
        {
            bool isNew = !_hasZero;
            _hasZero = true;
            return isNew;
        }

        if (Count * 2 >= _slots.Length)
        {
            Grow(_slots.Length * 2);
        }

        return Put(address);
    }

    public void Clear()
    {
        Array.Clear(_slots);
        Count = 0;
        _hasZero = false;
    }

    /// <summary>Whether an address, which is not 0, is there.</summary>
    public bool Contains(ulong address)
    {
        int mask = _slots.Length - 1;
        for (int at = AddressHash.Bucket(address, mask); _slots[at] != 0; at = (at + 1) & mask)
        {
            if (_slots[at] == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds an address, which is not 0, if that allocates nothing.</summary>
    public void AddIfRoom(ulong address)
    {
        if (Count * 2 < _slots.Length)
        {
            Put(address);
        }
    }

    /// <summary>Makes room for this many addresses.</summary>
    public void EnsureCapacity(int count)
    {
        int wanted = (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)count * 2), 1 << 30);
        if (wanted > _slots.Length)
        {
            Grow(wanted);
        }
    }

    private bool Put(ulong address)
    {
        int mask = _slots.Length - 1;
        for (int at = AddressHash.Bucket(address, mask); ; at = (at + 1) & mask)
        {
            Probes++;
            ulong slot = _slots[at];
            if (slot == address)
            {
                return false;
            }

            if (slot == 0)
            {
                _slots[at] = address;
                Count++;
                return true;
            }
        }
    }

    private void Grow(int length)
    {
        ulong[] old = _slots;
        _slots = new ulong[length];
        Count = 0;
        foreach (ulong address in old)
        {
            if (address != 0)
            {
                Put(address);
            }
        }
    }
}
