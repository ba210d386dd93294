using System;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Saving;
using Xunit;

namespace PyStack.Engine.Tests.Saving;

/// <summary>What is read is noted, and what is not read is left out.</summary>
public sealed class RecordedMemoryTests
{
    private const ulong Start = 0x7000_0000_0000;

    private readonly Live _live = new();

    [Fact]
    public void Of_a_page_the_blocks_are_kept_of_which_something_was_read()
    {
        RecordedMemory memory = new(_live, maxBytes: 1 << 20);

        Read(memory, Start + 300, 4);
        Read(memory, Start + 1023, 2);

        Assert.Equal([(Start + 256, 256), (Start + 768, 512)], memory.Runs(_ => false, isExact: false).Select(run => (run.Address, run.Bytes.Length)));
    }

    [Fact]
    public void Of_a_whole_page_all_is_kept_and_bytes_that_were_not_read_are_zero_if_that_is_wanted()
    {
        RecordedMemory memory = new(_live, maxBytes: 1 << 20);

        Read(memory, Start + 62, 4);

        byte[] bytes = [.. Assert.Single(memory.Runs(_ => true, isExact: true)).Bytes.Span];
        Assert.Equal(4096, bytes.Length);
        Assert.Equal([0, 62, 63, 64, 65, 0], bytes[61..67]);
        Assert.Equal(62 + 63 + 64 + 65, bytes.Sum(one => one));
        Assert.Equal(_live.Page, Assert.Single(memory.Runs(_ => true, isExact: false)).Bytes.ToArray());
    }

    [Fact]
    public void A_read_over_the_end_of_a_page_gives_both_parts()
    {
        RecordedMemory memory = new(_live, maxBytes: 1 << 20);
        byte[] bytes = new byte[8];

        Assert.Equal(8, memory.Read(Start + 4092, bytes));

        Assert.Equal([252, 253, 254, 255, 0, 1, 2, 3], bytes);
        Assert.Equal([(Start + 3840, 256), (Start + 4096, 256)], memory.Runs(_ => false, isExact: false).Select(run => (run.Address, run.Bytes.Length)));
    }

    [Fact]
    public void Bytes_of_the_moment_come_before_those_of_now()
    {
        RecordedMemory memory = new(_live, maxBytes: 1 << 20);

        memory.Put(Start + 10, [0xaa, 0xbb], isNoted: false);

        Assert.Equal([9, 0xaa, 0xbb, 12], Read(memory, Start + 9, 4));
    }

    [Fact]
    public void More_than_the_limit_is_unreadable()
    {
        RecordedMemory memory = new(_live, maxBytes: 4096);

        Read(memory, Start, 1);
        Read(memory, Start + 8, 1);
        Assert.False(memory.IsFull);

        Assert.Equal(0, memory.Read(Start + 8192, new byte[1]));
        Assert.True(memory.IsFull);
    }

    [Fact]
    public void What_cannot_be_read_is_not_noted()
    {
        RecordedMemory memory = new(_live, maxBytes: 1 << 20);

        Assert.Equal(0, memory.Read(0x1000, new byte[1]));
        Assert.Equal(0, memory.Read(0, new byte[1]));

        Assert.Empty(memory.Runs(_ => false, isExact: false));
    }

    private static byte[] Read(RecordedMemory memory, ulong address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.Equal(length, memory.Read(address, bytes));
        return bytes;
    }

    /// <summary>Pages from <see cref="Start"/> on, each byte of which is its place in the page.</summary>
    private sealed class Live : IMemorySource
    {
        public byte[] Page { get; } = [.. Enumerable.Range(0, 4096).Select(i => (byte)i)];

        public int Read(ulong address, Span<byte> destination)
        {
            if (address < Start)
            {
                return 0;
            }

            for (int i = 0; i < destination.Length; i++)
            {
                destination[i] = Page[(int)((address + (ulong)i) % 4096)];
            }

            return destination.Length;
        }
    }
}
