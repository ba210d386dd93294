using System;
using System.Collections.Generic;
using PyStack.Engine.Python;
using Xunit;

namespace PyStack.Engine.Tests.Python;

public sealed class AddressSetTests
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
}
