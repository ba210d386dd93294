using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using PyStack.Engine.Saving;
using PyStack.Engine.Targets;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Saving;

/// <summary>The segments of a core, and its bytes as readelf sees them.</summary>
public sealed class CoreLayoutTests
{
    private const ulong Base = 0x7000_0000_0000;

    private static readonly FileKey File = new(1, 2, 3);

    [Fact]
    public void A_mapping_of_a_file_has_segments_for_all_of_it_and_other_memory_for_what_is_there()
    {
        MemoryRegion code = new(new AddressRange(Base, Base + 0x4000), RegionAccess.Read | RegionAccess.Execute, 0, File, "/a", IsDeleted: false);
        MemoryRegion data = new(new AddressRange(Base + 0x4000, Base + 0x6000), RegionAccess.Read | RegionAccess.Write, 0x4000, File, "/a", IsDeleted: false);
        MemoryRegion heap = new(new AddressRange(Base + 0x10000, Base + 0x20000), RegionAccess.Read | RegionAccess.Write, 0, default, "[heap]", IsDeleted: false);
        List<RecordedRun> runs = [Run(0x1000, 0x1000), Run(0x4000, 0x100), Run(0x4100, 0x100), Run(0x10200, 0x100), Run(0x11000, 0x100)];

        IEnumerable<string> segments = CoreLayout.Segments([code, data, heap], runs).Select(one => $"{one.Address - Base:x} {one.FileSize:x} {one.MemorySize:x} {one.Flags}");

        Assert.Equal(
            ["0 0 1000 Execute, Read", "1000 1000 3000 Execute, Read", "4000 200 2000 Write, Read", "10200 100 100 Write, Read", "11000 100 100 Write, Read"],
            segments);
    }

    [Fact]
    public void Readelf_reads_more_segments_than_the_header_can_count()
    {
        const int Many = 70_000;
        List<RecordedRun> runs = [.. Enumerable.Range(0, Many).Select(i => Run((ulong)i * 0x1000, 0x100, (byte)i))];
        using TemporaryFolder folder = new();
        string path = Path.Combine(folder.Path, "core");
        NoteWriter notes = new();
        notes.Add("CORE"u8, 1, new byte[10]);
        using (FileStream file = System.IO.File.Create(path))
        {
            long size = CoreLayout.Write(file, ElfMachine.X64, notes.Bytes, CoreLayout.Segments([], runs), runs, TestContext.Current.CancellationToken);
            Assert.Equal(file.Length, size);
        }

        Assert.Contains("65535 (70001)", Toolchain.Run("readelf", "-h", path), StringComparison.Ordinal);
        string last = Toolchain.Run("readelf", "--wide", "-l", path).Split('\n').Last(line => line.Contains("LOAD", StringComparison.Ordinal));
        string[] fields = last.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Base + ((Many - 1) * 0x1000UL), Convert.ToUInt64(fields[2], 16));
        using FileStream written = System.IO.File.OpenRead(path);
        written.Position = Convert.ToInt64(fields[1], 16);
        Assert.Equal((Many - 1) % 256, written.ReadByte());
    }

    private static RecordedRun Run(ulong offset, int length, byte value = 1) => new(Base + offset, Enumerable.Repeat(value, length).ToArray());
}
