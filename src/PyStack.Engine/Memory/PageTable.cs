using System;
using System.Runtime.CompilerServices;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Memory;

/// <summary>Which page of the target is in which slot of a copy: a hash table with open addressing.</summary>
internal sealed class PageTable
{
    private const int Empty = -1;

    private ulong[] _addresses = new ulong[64];
    private bool[] _readable = new bool[64];
    private int[] _buckets = NewBuckets(128);

    /// <summary>Slots in use; they are numbered from 0 without gaps.</summary>
    public int Count { get; private set; }

    public ulong Address(int slot) => _addresses[slot];

    public bool IsReadable(int slot) => _readable[slot];

    public void SetReadable(int slot, bool readable) => _readable[slot] = readable;

    /// <summary>The slot of a page, or -1.</summary>
    public int Find(ulong page)
    {
        int[] buckets = _buckets;
        for (uint bucket = Hash(page, buckets.Length); ; bucket = (bucket + 1) & (uint)(buckets.Length - 1))
        {
            int slot = buckets[bucket];
            if (slot == Empty || _addresses[slot] == page)
            {
                return slot;
            }
        }
    }

    /// <summary>Gives a page that is not there yet the next slot.</summary>
    public int Add(ulong page)
    {
        if (Count == _addresses.Length)
        {
            Reserve(Count * 2);
        }

        int slot = Count++;
        _addresses[slot] = page;
        Insert(slot);
        return slot;
    }

    /// <summary>Makes room for this many pages in total.</summary>
    public void Reserve(int pages)
    {
        if (pages <= _addresses.Length)
        {
            return;
        }

        int capacity = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)pages);
        Array.Resize(ref _addresses, capacity);
        Array.Resize(ref _readable, capacity);
        _buckets = NewBuckets(capacity * 2);
        Rehash();
    }

    /// <summary>Drops unreadable pages and numbers the others by ascending address. Returns how many are left.</summary>
    public int KeepReadableSorted()
    {
        int kept = 0;
        for (int slot = 0; slot < Count; slot++)
        {
            if (_readable[slot])
            {
                _addresses[kept++] = _addresses[slot];
            }
        }

        Array.Sort(_addresses, 0, kept);
        Array.Fill(_readable, true, 0, kept);
        Count = kept;
        Array.Fill(_buckets, Empty);
        Rehash();
        return kept;
    }

    /// <summary>Forgets all slots from <paramref name="count"/> on.</summary>
    public void Truncate(int count)
    {
        if (Count == count)
        {
            return;
        }

        Count = count;
        Array.Fill(_buckets, Empty);
        Rehash();
    }

    public void Clear() => Truncate(0);

    private void Rehash()
    {
        for (int slot = 0; slot < Count; slot++)
        {
            Insert(slot);
        }
    }

    private void Insert(int slot)
    {
        int[] buckets = _buckets;
        uint bucket = Hash(_addresses[slot], buckets.Length);
        while (buckets[bucket] != Empty)
        {
            bucket = (bucket + 1) & (uint)(buckets.Length - 1);
        }

        buckets[bucket] = slot;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ulong page, int buckets) => (uint)AddressHash.Bucket(page, buckets - 1);

    private static int[] NewBuckets(int count)
    {
        int[] buckets = new int[count];
        Array.Fill(buckets, Empty);
        return buckets;
    }
}
