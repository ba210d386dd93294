using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Memory;

/// <summary>The copy in the pause: many pages by few calls, of which each ends at the first page that has gone.</summary>
public sealed unsafe class PageSnapshotTests
{
    public static TheoryData<int, int> Seeds() => [.. from pages in (int[])[1, 2, 255, 257, 1030, 4000] from seed in Enumerable.Range(0, 6) select (pages, seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_refresh_has_the_new_content_of_every_page_that_is_left_and_none_of_those_that_have_gone(int pages, int seed)
    {
        Random random = new((pages * 100) + seed);
        FakeProcess process = new(RandomPages(random, pages));
        using PageSnapshot snapshot = new(process, Limits.Default);
        foreach (ulong page in process.Pages)
        {
            Assert.Equal((page, 0), ReadPage(snapshot, page));
        }

        snapshot.PrepareRefresh();
        process.Generation = 1;

        // None, one, some or nearly all of them go, at the ends of calls too.
        double share = (double[])[0, 0.001, 0.1, 0.9] is var shares ? shares[seed % shares.Length] : 0;
        HashSet<ulong> gone = [.. process.Pages.Where((page, i) => random.NextDouble() < share || (seed == 5 && i % ProcessMemory.MaxPieces is 0 or ProcessMemory.MaxPieces - 1))];
        process.Gone.UnionWith(gone);
        snapshot.Refresh();
        snapshot.IsSealed = true;

        foreach (ulong page in process.Pages)
        {
            Assert.Equal(gone.Contains(page) ? null : (page, 1), ReadPage(snapshot, page));
        }
    }

    [Fact]
    public void A_refresh_takes_one_call_for_a_thousand_pieces()
    {
        FakeProcess process = new([.. Enumerable.Range(1, 3000).Select(i => (ulong)i * 2 * PageSnapshot.PageSize)]);
        using PageSnapshot snapshot = new(process, Limits.Default);
        foreach (ulong page in process.Pages)
        {
            _ = ReadPage(snapshot, page);
        }

        snapshot.PrepareRefresh();
        process.Calls = 0;

        snapshot.Refresh();

        Assert.Equal(3, process.Calls);
    }

    private static ulong[] RandomPages(Random random, int count)
    {
        SortedSet<ulong> pages = [];
        ulong next = 16;
        while (pages.Count < count)
        {
            next += random.Next(3) == 0 ? (ulong)random.Next(1, 50) : 1;
            pages.Add(next * PageSnapshot.PageSize);
        }

        ulong[] shuffled = [.. pages];
        random.Shuffle(shuffled);
        return shuffled;
    }

    private static (ulong Page, int Generation)? ReadPage(PageSnapshot snapshot, ulong page)
    {
        byte[] first = new byte[8];
        byte[] last = new byte[8];
        if (snapshot.Read(page, first) != 8 || snapshot.Read(page + PageSnapshot.PageSize - 8, last) != 8)
        {
            return null;
        }

        Assert.Equal(MemoryMarshal.Read<ulong>(first), MemoryMarshal.Read<ulong>(last));
        ulong word = MemoryMarshal.Read<ulong>(first);
        return (word & ~0xfUL, (int)(word & 0xf));
    }

    /// <summary>Each word of a page holds the page's address and, in its low bits, the generation of its content.</summary>
    private sealed class FakeProcess(ulong[] pages) : IScatteredMemorySource
    {
        private readonly HashSet<ulong> _all = [.. pages];

        public ulong[] Pages => pages;

        public HashSet<ulong> Gone { get; } = [];

        public int Generation { get; set; }

        public int Calls { get; set; }

        public int Read(ulong address, Span<byte> destination)
        {
            Assert.Equal(0UL, address % PageSnapshot.PageSize);
            return destination.Length == PageSnapshot.PageSize && TryCopy(address, destination) ? destination.Length : 0;
        }

        // As process_vm_readv(2): page by page, and it ends at the first one that cannot be read.
        public long Read(ReadOnlySpan<IoVector> destinations, ReadOnlySpan<IoVector> sources)
        {
            Calls++;
            Assert.InRange(destinations.Length, 1, ProcessMemory.MaxPieces);
            Assert.InRange(sources.Length, 1, ProcessMemory.MaxPieces);
            List<ulong> from = [.. Split(sources)];
            List<ulong> to = [.. Split(destinations)];
            Assert.Equal(from.Count, to.Count);
            for (int i = 0; i < from.Count; i++)
            {
                if (!TryCopy(from[i], new Span<byte>((void*)to[i], PageSnapshot.PageSize)))
                {
                    return (long)i * PageSnapshot.PageSize;
                }
            }

            return (long)from.Count * PageSnapshot.PageSize;
        }

        private static List<ulong> Split(ReadOnlySpan<IoVector> pieces)
        {
            List<ulong> found = [];
            foreach (IoVector piece in pieces)
            {
                for (nuint offset = 0; offset < piece.Length; offset += PageSnapshot.PageSize)
                {
                    found.Add(piece.Base + offset);
                }
            }

            return found;
        }

        private bool TryCopy(ulong page, Span<byte> destination)
        {
            if (!_all.Contains(page) || Gone.Contains(page))
            {
                return false;
            }

            MemoryMarshal.Cast<byte, ulong>(destination).Fill(page | (uint)Generation);
            return true;
        }
    }
}
