using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Dwarf.CallFrames;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Symbols;

/// <summary>Files that are broken anywhere: no exception, no hang, no unbounded memory.</summary>
public sealed class MutatedFileTests
{
    private static readonly int Mutations = TestMatrix.Count(gate: 800, whole: 2500);

    [Theory]
    [InlineData("-O2 -g")]
    [InlineData("-O2 -g -fno-asynchronous-unwind-tables -fno-unwind-tables")]
    [InlineData("-O2 -Wl,--no-eh-frame-hdr")]
    [InlineData("-O2 -gdwarf-2")]
    [InlineData("-O2 -gdwarf-4")]
    [InlineData("-O2 -g -gz=zlib")]
    public void A_broken_file_gives_rows_and_names_or_none(string flags)
    {
        byte[] original = File.ReadAllBytes(Toolchain.Shared(
            "lib.so", File.ReadAllText(Programs.PathOf("native.c")), ["-shared", "-fPIC", "-pthread", .. flags.Split(' ')]));
        (int Start, int Length)[] targets = Targets(original);
        Random random = new(2026);
        CallFrameRow row = new();
        List<SymbolizedFrame> frames = [];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Mutations; i++)
        {
            byte[] copy = (byte[])original.Clone();
            (int start, int length) = targets[random.Next(targets.Length)];
            for (int flips = random.Next(1, 6); flips > 0; flips--)
            {
                copy[start + random.Next(length)] = random.Next(4) switch { 0 => 0xff, 1 => 0, 2 => 0x80, _ => (byte)random.Next(256) };
            }

            InMemoryFile file = new(copy);
            if (!ElfImage.TryFromFile(file, Limits.Default, out ElfImage? image, out _))
            {
                continue;
            }

            BinaryBudget budget = BinaryBudget.Of(Limits.Default);
            using CallFrameTable table = CallFrameTable.FromFile(image, file, Limits.Default, budget);
            FunctionTable functions = FunctionTable.Read([image.Sections], Limits.Default, budget);
            using DebugSymbols? debug = image.Sections is { } sections ? new DebugSymbols(new DwarfSections(sections, file, Limits.Default, budget), Limits.Default) : null;
            for (int address = 0x1000; address < 0x2000; address += 61)
            {
                _ = table.TryFindRow((ulong)address, row);
                _ = functions.TryFind((ulong)address, out _);
                frames.Clear();
                _ = debug?.TryFind((ulong)address, null, frames);
            }
        }

        // The copies themselves are most of it.
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, 0, (Mutations * (long)original.Length * 2) + (2L << 30));
    }

    // The ELF header, all section headers, and each section that is read.
    private static (int Start, int Length)[] Targets(byte[] original)
    {
        InMemoryFile file = new(original);
        Assert.True(ElfImage.TryFromFile(file, Limits.Default, out ElfImage? image, out _));
        List<(int, int)> found = [(0, 64), (64, 56 * image.Segments.Length)];
        foreach (SectionHeader section in image.Sections!.Headers)
        {
            string name = System.Text.Encoding.ASCII.GetString(image.Sections.NameOf(section));
            if (section.Size > 0 && (name is ".eh_frame" or ".eh_frame_hdr" or ".debug_frame" or ".symtab" or ".dynsym" or ".strtab" or ".shstrtab" || name.StartsWith(".debug", StringComparison.Ordinal)))
            {
                found.Add(((int)section.FileOffset, (int)section.Size));
            }
        }

        int headers = (int)image.Header.SectionsOffset;
        found.Add((headers, original.Length - headers));
        Debug.Assert(found.Count > 4);
        return [.. found];
    }
}
