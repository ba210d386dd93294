using System;
using System.Linq;
using PyStack.Engine.Profiling;
using Xunit;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>Memory grows with different stacks, up to a limit, and not with samples.</summary>
public sealed class StackTableTests
{
    /// <summary>One hour at 1,000 a second: 3,600,000 samples of 10,000 different stacks of 20 frames.</summary>
    [Fact]
    public void An_hour_at_a_thousand_samples_a_second_takes_no_more_memory_than_its_different_stacks()
    {
        StackTable table = new();
        SampledFrame[] frames = Frames(20);
        Feed(table, frames, samples: 10_000, different: 10_000);
        table.Settle();
        long size = table.Size;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Feed(table, frames, samples: 3_590_000, different: 10_000);

        // The runtime may compile the loop anew meanwhile: a few KB, and not 24 bytes for each sample.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 10);
        Assert.Equal(size, table.Size);
        table.Settle();
        Assert.Equal(3_600_000, Enumerable.Range(0, table.Count).Sum(table.CountOf));
        Assert.InRange(size, 1, 8 << 20);
    }

    [Fact]
    public void A_program_that_never_has_the_same_stack_twice_does_not_take_more_than_the_limit()
    {
        StackTable table = new();
        SampledFrame[] frames = Frames(40);
        int refused = 0;
        for (int i = 0; i < 500_000; i++)
        {
            frames[0] = new SampledFrame(0x7f00_0000_0000, (ulong)i);
            int stack = table.Find(frames, 16, out bool isNew);
            refused += stack < 0 ? 1 : 0;
            Assert.Equal(stack >= 0, isNew);
        }

        Assert.Equal(StackTable.MaxFrames / 40, table.Count);
        Assert.Equal(500_000 - table.Count, refused);
        Assert.InRange(table.Size, 1, 120 << 20);

        // Known ones are counted on, and there is room for the one that the others are counted as.
        frames[0] = new SampledFrame(0x7f00_0000_0000, 5);
        Assert.Equal(5, table.Find(frames, 16, out _));
        Assert.True(table.Find([SampledFrame.OtherStacks], 16, out _, isAlways: true) >= 0);
    }

    [Fact]
    public void A_closed_stack_is_another_one_from_then_on()
    {
        StackTable table = new();
        SampledFrame[] frames = Frames(3);
        int first = table.Find(frames, 1, out _);
        table.Increment(first);
        table.Settle();
        table.Close(first);
        int second = table.Find(frames, 1, out bool isNew);
        Assert.True(isNew);
        Assert.NotEqual(first, second);
        Assert.Equal(1, table.CountOf(first));
        table.Increment(second);
        Assert.Equal(1, table.Drop(second));
        table.Settle();
        Assert.Equal(0, table.CountOf(second));
    }

    private static void Feed(StackTable table, SampledFrame[] frames, int samples, int different)
    {
        for (int i = 0; i < samples; i++)
        {
            frames[3] = new SampledFrame(0x7f00_0000_0000, (ulong)(i % different));
            table.Increment(table.Find(frames, 16, out _));
            if (i % 1000 == 0)
            {
                table.Settle();
            }
        }
    }

    private static SampledFrame[] Frames(int count) => [.. Enumerable.Range(1, count).Select(i => new SampledFrame(0x5000_0000 + ((ulong)i * 256), (ulong)i))];
}
