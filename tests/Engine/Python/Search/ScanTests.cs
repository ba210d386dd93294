using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Python.Runtime.Search;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Python.Search;

public sealed class ScanTests
{
    private const ulong Start = 0x10000;
    private const int PageSize = 4096;

    [Fact]
    public void A_scan_goes_on_behind_pages_that_cannot_be_read()
    {
        PagedMemory memory = new(pages: 6, missing: [0, 3]);
        List<ulong> seen = [];

        bool ended = new WordScan(memory, 8, null, TestContext.Current.CancellationToken).Run(
            [Region(6 * PageSize)],
            long.MaxValue,
            (address, bytes, fresh) =>
            {
                for (int at = 0; at < fresh; at += PageSize)
                {
                    seen.Add(((address + (ulong)at) - Start) / PageSize);
                }

                return false;
            });

        Assert.False(ended);
        Assert.Equal([1UL, 2, 4, 5], seen);
    }

    [Fact]
    public void A_scan_ends_at_its_budget()
    {
        int pieces = 0;
        new WordScan(new PagedMemory(1024, []), 0, null, TestContext.Current.CancellationToken).Run(
            [Region(1024 * PageSize)], 1, (_, _, _) =>
            {
                pieces++;
                return false;
            });

        Assert.Equal(1, pieces);
    }

    [Fact]
    public void A_search_of_everything_ends_as_soon_as_it_is_cancelled()
    {
        using Target target = Target.StartCommand(["cat"]);
        using LiveProcess process = LiveProcess.Open(target.ProcessId, ProcessorCatalogue.OfObserver, Limits.Default);
        ExhaustiveSearch search = new(process, Limits.Default, SilentLog.Instance, new CancellationToken(canceled: true));

        Assert.Throws<OperationCanceledException>(() => search.TryFind(out _, out _, out _));
    }

    [Fact]
    public void Another_programs_version_text_does_not_hide_Pythons()
    {
        byte[] data = Encoding.ASCII.GetBytes("\0" + "1.2.3 (other)\0" + "2.90.1 (another)\0" + "3.11.2 (main, Mar 13 2023) [GCC]\0");

        Assert.True(VersionString.TryFindBanner(data, out PythonVersion version));
        Assert.Equal(new PythonVersion(3, 11, 2), version);
    }

    [Fact]
    public void A_page_that_was_read_is_remembered_and_one_that_cannot_be_read_as_well()
    {
        PagedMemory memory = new(pages: 2, missing: [1]);
        CachedMemory cached = new(memory);
        byte[] bytes = new byte[16];

        Assert.Equal(16, cached.Read(Start + 8, bytes));
        Assert.Equal(16, cached.Read(Start + 64, bytes));
        Assert.Equal(8, cached.Read(Start + PageSize - 8, bytes));
        Assert.Equal(0, cached.Read(Start + PageSize, bytes));
        Assert.Equal(2, memory.Reads);
    }

    private static MemoryRegion Region(ulong length)
        => new(AddressRange.OfLength(Start, length), RegionAccess.Read | RegionAccess.Write, 0, default, "", IsDeleted: false);

    private sealed class PagedMemory(int pages, HashSet<int> missing) : IMemorySource
    {
        public int Reads { get; private set; }

        public int Read(ulong address, Span<byte> destination)
        {
            Reads++;
            int done = 0;
            while (done < destination.Length)
            {
                int page = (int)((address + (ulong)done - Start) / PageSize);
                if (page >= pages || missing.Contains(page))
                {
                    break;
                }

                int rest = PageSize - (int)((address + (ulong)done) % PageSize);
                int count = Math.Min(rest, destination.Length - done);
                destination.Slice(done, count).Fill((byte)page);
                done += count;
            }

            return done;
        }
    }
}
