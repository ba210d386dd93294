using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Objects;

namespace PyStack.Engine.Tasks;

/// <summary>
/// Reads some attributes of very many objects. Nothing is kept of an object; of a class it is kept where its instances have the attributes, if that is in slots, since to look a class through costs more than
/// all the rest.
/// </summary>
/// <param name="names">ASCII.</param>
internal sealed class AttributeReader(TaskSearch search, params string[] names)
{
    private const long NoSlot = -1;

    /// <summary>Slots up to here are read at once.</summary>
    private const int MaxBlock = 512;

    private readonly byte[][] _names = Array.ConvertAll(names, Encoding.ASCII.GetBytes);
    private readonly Dictionary<ulong, long[]> _slots = new(AddressHash.Comparer);

    /// <summary>The values, in the order of the names; 0 for what the instance does not have.</summary>
    public void Read(ulong address, Span<ulong> values)
    {
        values.Clear();
        if (address == 0 || !search.Objects.TryGetType(address, out TypeInfo type))
        {
            return;
        }

        if (!_slots.TryGetValue(type.Address, out long[]? slots))
        {
            _slots.Add(type.Address, slots = FindSlots(type));
        }

        Span<ulong> block = stackalloc ulong[MaxBlock / sizeof(ulong)];
        block = block[..(BlockOf(slots) / sizeof(ulong))];
        bool isRead = !block.IsEmpty && search.Memory.TryRead(address, MemoryMarshal.AsBytes(block));
        for (int i = 0; i < slots.Length; i++)
        {
            values[i] = slots[i] == NoSlot ? search.Objects.TryGetInstanceAttribute(address, type, _names[i], out ulong value) ? value : 0
                : isRead ? block[(int)(slots[i] / sizeof(ulong))]
                : search.Memory.TryReadPointer(address + (ulong)slots[i], out value) ? value
                : 0;
        }
    }

    /// <summary>The value of the only name.</summary>
    public ulong Get(ulong address)
    {
        Span<ulong> values = stackalloc ulong[names.Length];
        Read(address, values);
        return values[0];
    }

    // The bytes to the end of the last slot; 0 if they are too many, or cannot be slots of pointers.
    private static int BlockOf(long[] slots)
    {
        long end = 0;
        foreach (long slot in slots)
        {
            end = slot % sizeof(ulong) == 0 || slot == NoSlot ? Math.Max(end, slot + sizeof(ulong)) : MaxBlock + 1;
        }

        return end is > sizeof(ulong) and <= MaxBlock ? (int)end : 0;
    }

    private long[] FindSlots(in TypeInfo type)
    {
        long[] slots = new long[_names.Length];
        for (int i = 0; i < slots.Length; i++)
        {
            slots[i] = search.Objects.TryFindSlot(type, _names[i], out long offset) ? offset : NoSlot;
        }

        return slots;
    }
}
