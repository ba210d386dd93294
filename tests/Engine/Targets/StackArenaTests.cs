using System;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Stacks;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>What was copied of each thread's stack is found again, whichever threads have none.</summary>
public sealed class StackArenaTests
{
    private const ulong Foreign = 0x10_0000;
    private const ulong Own = 0x20_0000;

    [Fact]
    public void A_thread_has_both_its_stacks_where_the_threads_before_it_have_none()
    {
        using StackArena arena = new(Limits.Default);
        arena.Reserve(16, 1 << 16);
        arena.Add(0, Piece(Foreign, 0));
        arena.Add(5, Piece(Foreign, 5));
        arena.Fetch(0, new Numbered());
        arena.Add(0, Piece(Own, 0));
        arena.Add(5, Piece(Own, 5));
        arena.Fetch(2, new Numbered());

        foreach (int thread in (int[])[0, 5])
        {
            foreach (ulong stack in (ulong[])[Foreign, Own])
            {
                ulong address = Piece(stack, thread).Start + 8;
                Assert.True(Read(arena, thread, address, out ulong value), $"thread {thread}, 0x{address:x}");
                Assert.Equal(address, value);
            }
        }

        Assert.False(Read(arena, 3, Piece(Foreign, 5).Start, out _));
        Assert.False(Read(arena, 0, Piece(Foreign, 5).Start, out _));
    }

    [Fact]
    public void What_cannot_be_read_ends_its_piece_and_no_other()
    {
        using StackArena arena = new(Limits.Default);
        arena.Reserve(16, 1 << 16);
        for (int thread = 0; thread < 3; thread++)
        {
            arena.Add(thread, Piece(Own, thread));
        }

        arena.Fetch(0, new Numbered(hole: Piece(Own, 1).Start + 16));

        Assert.True(Read(arena, 0, Piece(Own, 0).End - 8, out _));
        Assert.True(Read(arena, 1, Piece(Own, 1).Start + 8, out _));
        Assert.False(Read(arena, 1, Piece(Own, 1).Start + 16, out _));
        Assert.True(Read(arena, 2, Piece(Own, 2).End - 8, out ulong last));
        Assert.Equal(Piece(Own, 2).End - 8, last);
    }

    [Fact]
    public void No_more_is_copied_than_the_limit()
    {
        using StackArena arena = new(Limits.Default with { StackBytesInAll = 100 });
        arena.Reserve(16, 1 << 16);
        arena.Add(0, Piece(Own, 0));
        arena.Add(1, Piece(Own, 1));

        Assert.Equal(1, arena.Count);
    }

    private static AddressRange Piece(ulong stack, int thread) => AddressRange.OfLength(stack + ((ulong)thread * 4096), 64);

    private static bool Read(StackArena arena, int thread, ulong address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        bool isRead = arena.Read(thread, address, bytes) == 8;
        value = BitConverter.ToUInt64(bytes);
        return isRead;
    }

    /// <summary>Memory in which each word holds its own address, up to a hole of one word.</summary>
    private sealed unsafe class Numbered(ulong hole = 0) : IScatteredMemorySource
    {
        public int Read(ulong address, Span<byte> destination) => throw new NotSupportedException();

        public long Read(ReadOnlySpan<IoVector> destinations, ReadOnlySpan<IoVector> sources)
        {
            long done = 0;
            foreach (IoVector source in sources)
            {
                for (ulong address = source.Base; address < source.Base + source.Length; address += 8)
                {
                    if (address == hole)
                    {
                        return done;
                    }

                    *(ulong*)(destinations[0].Base + (nuint)done) = address;
                    done += 8;
                }
            }

            return done;
        }
    }
}
