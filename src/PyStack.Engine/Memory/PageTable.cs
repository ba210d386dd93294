using System;
using PyStack.Engine.Primitives;

namespace PyStack.Engine.Memory;

/// <summary>Which page of the target is in which slot of a copy.</summary>
internal sealed class PageTable
{
    private readonly AddressTable<Page> _pages = new(128);
    private ulong[] _addresses = new ulong[64];
    private bool[] _readable = new bool[64];

    /// <summary>Slots in use; they are numbered from 0 without gaps.</summary>
    public int Count { get; private set; }

    public ulong Address(int slot) => _addresses[slot];

    public bool IsReadable(int slot) => _readable[slot];

    public void SetReadable(int slot, bool readable) => _readable[slot] = readable;

    /// <summary>The slot of a page, or -1.</summary>
    public int Find(ulong page)
    {
        ref Page found = ref _pages.Find(page);
        return found.Address == 0 ? -1 : found.Slot;
    }

    /// <summary>Gives a page that is not there yet, and is not the first of all, the next slot.</summary>
    public int Add(ulong page)
    {
        if (Count == _addresses.Length)
        {
            Reserve(Count * 2);
        }

        int slot = Count++;
        _addresses[slot] = page;
        _ = _pages.Set(new Page(page, slot));
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
        _pages.EnsureCapacity(capacity);
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
        Rebuild();
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
        Rebuild();
    }

    public void Clear() => Truncate(0);

    private void Rebuild()
    {
        _pages.Clear();
        for (int slot = 0; slot < Count; slot++)
        {
            _ = _pages.Set(new Page(_addresses[slot], slot));
        }
    }

    private readonly record struct Page(ulong Address, int Slot) : IAddressSlot;
}
