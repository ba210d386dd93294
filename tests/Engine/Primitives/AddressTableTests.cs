using System;
using System.Collections.Generic;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Primitives;

public sealed class AddressTableTests
{
    [Fact]
    public void It_holds_what_a_set_of_the_framework_holds()
    {
        Random random = new(4711);
        HashSet<ulong> expected = [];
        AddressSet set = new();
        for (int round = 0; round < 3; round++)
        {
            expected.Clear();
            set.Clear();
            for (int i = 0; i < 20_000; i++)
            {
                // Aligned, some of them again, among them 0 and the largest.
                ulong address = i % 997 == 0 ? ulong.MaxValue : (ulong)random.NextInt64(5000) * 16;
                Assert.Equal(expected.Add(address), set.Add(address));
            }
        }
    }

    [Fact]
    public void Room_that_was_made_keeps_what_is_in_it()
    {
        AddressSet set = new();
        for (ulong address = 1; address <= 100; address++)
        {
            set.Add(address << 12);
        }

        set.EnsureCapacity(5000);

        for (ulong address = 1; address <= 100; address++)
        {
            Assert.False(set.Add(address << 12));
        }
    }

    [Fact]
    public void Addresses_that_collide_under_a_fixed_multiplier_are_found_in_a_few_steps()
    {
        // Those that the table of 0.1.0, with 2^64 divided by the golden ratio, put into one slot: the bits that it took are 0.
        ulong[] colliding = Colliding(100_000);
        AddressSet set = new();
        foreach (ulong address in colliding)
        {
            Assert.True(set.Add(address));
        }

        long first = set.Collisions;
        foreach (ulong address in colliding)
        {
            Assert.False(set.Add(address));
        }

        // Half full at most: a step or so each, and again for each time that the table grew.
        Assert.InRange(first, 1, 9L * colliding.Length);
        Assert.InRange(set.Collisions - first, 1, 9L * colliding.Length);
    }

    [Fact]
    public void A_table_without_room_that_may_take_none_keeps_what_it_has_and_takes_no_more()
    {
        AddressTable<Slot> table = new(16);
        for (ulong address = 1; address <= 8; address++)
        {
            Assert.True(table.Set(new Slot(address << 4, (int)address)));
        }

        table.IsFixed = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isNew = table.Set(new Slot(0x1000, 9));
        bool isKnown = table.Set(new Slot(0x10, 10));
        long taken = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal((false, true, 0L), (isNew, isKnown, taken));
        Assert.Equal(0ul, table.Find(0x1000).Address);
        Assert.Equal(10, table.Find(0x10).Value);
        table.IsFixed = false;
        Assert.True(table.Set(new Slot(0x1000, 9)));
        for (ulong address = 2; address <= 8; address++)
        {
            Assert.Equal((int)address, table.Find(address << 4).Value);
        }

        Assert.Equal(9, table.Count);
    }

    [Fact]
    public void Dictionaries_of_addresses_have_a_hash_that_nobody_can_choose_for()
    {
        HashSet<int> hashes = [];
        for (ulong i = 1; i <= 10_000; i++)
        {
            // Of ulong itself all of these are 0.
            hashes.Add(AddressHash.Comparer.GetHashCode((i << 32) | i));
        }

        Assert.InRange(hashes.Count, 9_900, 10_000);
    }

    // address * golden has zeros in bits 33 to 63: address = (low * inverse of golden), for low below 2^33.
    private static ulong[] Colliding(int count)
    {
        const ulong Golden = 0x9E37_79B9_7F4A_7C15;
        ulong inverse = Golden;
        for (int i = 0; i < 6; i++)
        {
            inverse *= unchecked(2 - (Golden * inverse));
        }

        ulong[] addresses = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            addresses[i] = unchecked((ulong)(i + 1) * inverse);
            Assert.Equal(0ul, unchecked(addresses[i] * Golden) >> 33);
        }

        return addresses;
    }

    private readonly record struct Slot(ulong Address, int Value) : IAddressSlot;
}
