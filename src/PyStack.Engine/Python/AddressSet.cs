using System;
using System.Numerics;

namespace PyStack.Engine.Python;

/// <summary>Addresses that were seen, by open addressing. For the pause, for the reason that <see cref="FrameList"/> gives.</summary>
internal sealed class AddressSet
{
    /// <summary>2^64 divided by the golden ratio: spreads what differs in its low bits only (Knuth, The Art of Computer Programming 6.4).</summary>
    private const ulong Golden = 0x9E37_79B9_7F4A_7C15;

    private ulong[] _slots = new ulong[512];
    private bool _hasZero;

    public int Count { get; private set; }

    /// <summary>Adds an address; false if it was there.</summary>
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

    /// <summary>Makes room for so many addresses.</summary>
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
        for (int at = (int)((address * Golden) >> 33) & mask; ; at = (at + 1) & mask)
        {
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
