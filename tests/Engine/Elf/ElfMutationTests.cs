using System;
using System.Collections.Generic;
using System.IO;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Engine.Tests.Elf;

/// <summary>
/// Real files with some bytes changed, where it hurts most: whatever they claim, reading them ends soon, takes little memory and throws
/// nothing. The seeds are fixed, so that a failure can be repeated.
/// </summary>
public sealed class ElfMutationTests : FolderTest
{
    private const int Mutations = 3000;

    /// <summary>A chain of a hash table may be followed for 65,536 steps of three reads; nothing else comes near.</summary>
    private const int MaxReads = 1_000_000;

    private const long MaxAllocatedBytes = 16 << 20;

    private static readonly ulong[] s_nastyValues =
    [
        0, 1, 2, 7, 24, 0x40, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff,
        0x1_0000_0000, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000, 0xffff_ffff_ffff_ff00, ulong.MaxValue,
    ];

    [Theory]
    [InlineData("dotnet", false)]
    [InlineData("dotnet", true)]
    [InlineData("sysv", false)]
    [InlineData("sysv", true)]
    [InlineData("gnu", false)]
    [InlineData("gnu", true)]
    public void Changed_bytes_are_read_or_refused_but_never_hurt(string kind, bool isLoaded)
    {
        byte[] original = Library(kind);
        List<Range> regions = Regions(original, isLoaded);
        if (isLoaded)
        {
            original = new LoadedCopy(original, bias: 0).Bytes.ToArray();
        }

        byte[] content = new byte[original.Length];
        int readable = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            original.CopyTo(content, 0);
            Mutate(content, regions, new Random(seed));
            CountingFile file = new(new InMemoryFile(content));
            long before = GC.GetAllocatedBytesForCurrentThread();
            bool isReadable = isLoaded
                ? ElfImage.TryFromMemory(file, 0, Limits.Default, out ElfImage? image, out string problem)
                : ElfImage.TryFromFile(file, Limits.Default, out image, out problem);
            if (image is not null)
            {
                readable++;
                Exercise(image);
            }

            Assert.Equal((isReadable, isReadable), (image is not null, problem.Length == 0));
            Check(seed, file.Reads, before);
        }

        Assert.InRange(readable, Mutations / 2, Mutations - 1);
    }

    [Fact]
    public void A_file_cut_off_at_any_length_is_read_or_refused()
    {
        byte[] original = Library("dotnet");
        Random random = new(0);
        for (int i = 0; i < Mutations; i++)
        {
            int length = i < 2000 ? i : random.Next(original.Length);
            CountingFile file = new(new InMemoryFile(original.AsMemory(0, length)));
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (ElfImage.TryFromFile(file, Limits.Default, out ElfImage? image, out _))
            {
                Exercise(image);
            }

            Check(length, file.Reads, before);
        }
    }

    private static void Exercise(ElfImage image)
    {
        foreach (string name in new[] { "SystemNative_Read", "_PyRuntime", "count", "hidden_counter", "zeroed" })
        {
            if (image.TryFindSymbol(name, out ElfSymbol symbol))
            {
                image.AddressSpace.TryRead(symbol.Value, out ulong _);
                image.AddressOf(symbol);
            }
        }

        image.TryFindSection(".PyRuntime", out _);
        image.TryGetBuildId(out _);
        ElfSegments.TryGetLoadBias(image.Segments, 0x7f00_0000_0000, 0x1000, 0x1_0000, out _);
        Assert.True(image.LoadedRange.Start <= image.LoadedRange.End);
        foreach (ref readonly ProgramHeader segment in image.Segments)
        {
            Assert.True(segment.Initialized.End <= segment.Memory.End && segment.Zeroed.Start <= segment.Zeroed.End);
            if (segment.Type == SegmentType.Note)
            {
                ElfNoteReader notes = new(image.ReadNotes(segment), segment.Alignment);
                while (notes.TryReadNext(out _))
                {
                }
            }
        }

        if (image.Sections is { } sections)
        {
            foreach (ref readonly SectionHeader section in sections.Headers)
            {
                sections.NameOf(section);
                sections.TryGetBytes(section, out _);
                Assert.True(section.Memory.Start <= section.Memory.End);
            }
        }
    }

    private static void Check(int seed, int reads, long allocatedBefore)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        Assert.True(reads <= MaxReads, $"mutation {seed}: {reads} reads");
        Assert.True(allocated <= MaxAllocatedBytes, $"mutation {seed}: {allocated} bytes allocated");
    }

    private static void Mutate(Span<byte> bytes, List<Range> regions, Random random)
    {
        for (int changes = random.Next(1, 9); changes > 0; changes--)
        {
            Span<byte> region = bytes[regions[random.Next(regions.Count)]];
            int width = 1 << random.Next(4);
            int offset = random.Next(Math.Max(1, region.Length / width)) * width;
            byte[] value = BitConverter.GetBytes(
                random.Next(4) == 0 ? (ulong)random.NextInt64() : s_nastyValues[random.Next(s_nastyValues.Length)]);
            value.AsSpan(0, Math.Min(width, region.Length - offset)).CopyTo(region[offset..]);
        }
    }

    /// <summary>Where the headers and the tables are, in the file or in memory.</summary>
    private static List<Range> Regions(byte[] content, bool isLoaded)
    {
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(content), Limits.Default, out ElfImage? image, out string problem), problem);
        int segments = (int)image.Header.SegmentsOffset;
        List<Range> regions = [new(0, ElfHeader.Length), new(segments, segments + (image.Segments.Length * ProgramHeader.Length))];
        if (!isLoaded)
        {
            int sections = (int)image.Header.SectionsOffset;
            regions.Add(sections..(sections + (image.Sections!.Headers.Length * SectionHeader.Length)));
        }

        string[] names = isLoaded
            ? [".dynamic", ".gnu.hash", ".hash", ".dynsym", ".note.gnu.build-id"]
            : [".dynamic", ".gnu.hash", ".hash", ".dynsym", ".note.gnu.build-id", ".shstrtab", ".symtab"];
        foreach (string name in names)
        {
            if (image.TryFindSection(name, out SectionHeader section))
            {
                int start = (int)(isLoaded ? section.Address : section.FileOffset);
                regions.Add(start..(start + (int)section.Size));
            }
        }

        return regions;
    }

    private byte[] Library(string kind) => File.ReadAllBytes(
        kind == "dotnet"
            ? Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so")
            : Toolchain.Compile(
                Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC", $"-Wl,--hash-style={kind}", "-Wl,--build-id=sha1"));
}
