using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace PyStack.Engine.Primitives;

/// <summary>A slot of an <see cref="AddressTable{TSlot}"/>: a struct with its address. Address 0 is a free slot.</summary>
internal interface IAddressSlot
{
    ulong Address { get; }
}

/// <summary>
/// A hash table whose keys are addresses of a target, other than 0, by open addressing: at most half full, and single slots are not removed. Slots are structs, for which the
/// runtime compiles the class separately, so that it costs no more than a table written for one kind of slot. Nothing is allocated while there is room, and with
/// <see cref="IsFixed"/> never: for the pause.
/// </summary>
internal sealed class AddressTable<TSlot>(int capacity)
    where TSlot : struct, IAddressSlot
{
    private const int MaxSlots = 1 << 28;

    private TSlot[] _slots = new TSlot[capacity];

    public int Count { get; private set; }

    /// <summary>Whether it may not allocate, as in the pause: an address without room is not recorded.</summary>
    public bool IsFixed { get; set; }

    /// <summary>Slots that were examined after the first of each search: what a hostile target would drive up by addresses that collide.</summary>
    public long Collisions { get; private set; }

    private bool HasRoom => Count * 2 < _slots.Length;

    /// <summary>The slot of an address; if it is not there, the free slot that it would get, whose address is 0. Valid until the next change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref TSlot Find(ulong address)
    {
        TSlot[] slots = _slots;
        ref TSlot slot = ref slots[AddressHash.Bucket(address, slots.Length - 1)];
        return ref slot.Address == address || slot.Address == 0 ? ref slot : ref FindFurther(address);
    }

    /// <summary>Records an address, or updates its record.</summary>
    /// <returns>False if there is no room and it may not allocate.</returns>
    public bool Set(in TSlot slot)
    {
        ref TSlot place = ref Find(slot.Address);
        if (place.Address == 0)
        {
            if (!HasRoom)
            {
                if (IsFixed || _slots.Length >= MaxSlots)
                {
                    return false;
                }

                Grow(_slots.Length * 2);
                place = ref Find(slot.Address);
            }

            Count++;
        }

        place = slot;
        return true;
    }

    /// <summary>Makes room for this many addresses.</summary>
    public void EnsureCapacity(int count) => Grow((int)Math.Min(BitOperations.RoundUpToPowerOf2((ulong)count * 2), MaxSlots));

    /// <summary>Reserves twice the current size and some more, so that the pause allocates nothing.</summary>
    public void ReserveDouble(int spare) => EnsureCapacity(Math.Min(Count + spare, MaxSlots / 2) * 2);

    /// <summary>Removes everything and keeps the memory.</summary>
    public void Clear()
    {
        if (Count > 0)
        {
            Array.Clear(_slots);
            Count = 0;
        }
    }

    private ref TSlot FindFurther(ulong address)
    {
        TSlot[] slots = _slots;
        int mask = slots.Length - 1;
        int at = AddressHash.Bucket(address, mask);
        do
        {
            at = (at + 1) & mask;
            Collisions++;
        }
        while (slots[at].Address != address && slots[at].Address != 0);
        return ref slots[at];
    }

    private void Grow(int length)
    {
        if (length <= _slots.Length)
        {
            return;
        }

        TSlot[] old = _slots;
        _slots = new TSlot[length];
        foreach (ref readonly TSlot slot in old.AsSpan())
        {
            if (slot.Address != 0)
            {
                Find(slot.Address) = slot;
            }
        }
    }
}
