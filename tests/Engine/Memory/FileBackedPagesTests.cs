using System;
using System.IO;
using System.IO.MemoryMappedFiles;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Memory;

/// <summary>Memory that may have to be fetched from a disk before it can be read.</summary>
public sealed unsafe class FileBackedPagesTests : FolderTest
{
    [Fact]
    public void A_page_of_a_file_may_wait_until_the_process_has_it_in_its_page_table()
    {
        int page = Environment.SystemPageSize;
        string path = Path.Combine(Folder, "mapped");
        File.WriteAllBytes(path, new byte[64 * page]);
        using MemoryMappedFile file = MemoryMappedFile.CreateFromFile(path, FileMode.Open);
        using MemoryMappedViewAccessor view = file.CreateViewAccessor();
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        ulong address = (ulong)start;
        using FileBackedPages pages = new(Environment.ProcessId);
        pages.Update([new FileMapping(new AddressRange(address, address + (64ul * (ulong)page)), 8, 1)]);

        Assert.True(pages.MayWait(address + (60ul * (ulong)page), 8, out string device));
        Assert.Equal("device 8:1", device);
        Assert.False(pages.MayWait(address - 100, 8, out _));

        // The kernel puts the pages around it into the table as well (fault_around_bytes): all are touched, so that it does not matter.
        Assert.Equal(0, Enumerable.Range(0, 64).Sum(i => start[i * page]));
        Assert.False(pages.MayWait(address, 64 * page, out _));
        Assert.False(pages.MayWait(address - 100, 200, out _));
        view.SafeMemoryMappedViewHandle.ReleasePointer();
    }
}
