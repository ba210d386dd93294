using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Dwarf.Info;
using PyStack.Engine.Dwarf.Lines;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf;

/// <summary>Debug information that is small and valid and would make large tables: it costs no more than the budget.</summary>
public sealed class DebugBudgetTests
{
    private const long Budget = 8L << 20;

    // What a list, an array of it and a sorted copy need, and the bytes of the test's own sections.
    private const long MostAllocated = 8 * Budget;

    [Fact]
    public void Many_names_of_one_long_string()
    {
        const int Names = 100_000;
        byte[] files =
        [
            1, 1, 0x1f, 1, .. ElfBytes.U32(0), // directories: path as line_strp; one
            1, 1, 0x1f, 0xa0, 0x8d, 0x06, // files: path as line_strp; 100,000 as ULEB128
            .. new byte[4 * Names],
        ];
        byte[] name = [.. Enumerable.Repeat((byte)'x', 4000), 0];

        Read(LineUnit(files, [0, 1, 1]), name, out BinaryBudget budget);

        Assert.True(budget.IsExceeded);
    }

    [Fact]
    public void Many_rows()
    {
        byte[] files = [1, 1, 0x1f, 0, 1, 1, 0x1f, 0];

        Assert.Null(Read(LineUnit(files, [.. Enumerable.Repeat((byte)1, 2_000_000)]), [0], out BinaryBudget budget));
        Assert.True(budget.IsExceeded);
        Assert.Equal(0, budget.Taken);
    }

    [Fact]
    public void Many_kinds_of_entries_with_many_attributes()
    {
        List<byte> abbreviations = [];
        byte[] attributes = [.. Enumerable.Repeat<byte[]>([3, 8], 4000).SelectMany(one => one), 0, 0]; // DW_AT_name, DW_FORM_string
        for (int code = 1; code <= 1000; code++)
        {
            abbreviations.AddRange([(byte)((code & 0x7f) | 0x80), (byte)(code >> 7), 0x2e, 0, .. attributes]);
        }

        (BinaryBudget budget, DwarfSections sections) = Sections((".debug_abbrev", [.. abbreviations, 0]));
        long before = GC.GetAllocatedBytesForCurrentThread();
        AbbreviationTable table = AbbreviationTable.Read(sections, 0);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        Assert.True(budget.IsExceeded);
        Assert.True(table.TryGet(1, out _));
        Assert.False(table.TryGet(1000, out _));
    }

    [Fact]
    public void Work_that_makes_nothing_ends_as_well()
    {
        // .debug_aranges of sets without a pair.
        byte[] set = [.. ElfBytes.U32(12), 2, 0, .. ElfBytes.U32(0), 8, 0, .. new byte[4]];
        BinaryBudget budget = new(new MemoryPool(Budget), steps: 1000);
        DwarfSections sections = DebugSections.Of(budget, (".debug_aranges", [.. Enumerable.Repeat(set, 5000).SelectMany(one => one)]));

        Assert.False(UnitIndex.Read(sections).TryFind(0x1000, out _));
        Assert.True(budget.IsExceeded);
    }

    private static (BinaryBudget Budget, DwarfSections Sections) Sections(params (string Name, byte[] Bytes)[] sections)
    {
        BinaryBudget budget = new(new MemoryPool(Budget), Limits.Default.BinarySteps);
        return (budget, DebugSections.Of(budget, sections));
    }

    private static LineTable? Read(byte[] unit, byte[] strings, out BinaryBudget budget)
    {
        (budget, DwarfSections sections) = Sections((".debug_line", unit), (".debug_line_str", strings));
        long before = GC.GetAllocatedBytesForCurrentThread();
        LineTable? table = LineProgram.Read(sections, 0, Limits.Default);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        return table;
    }

    // A unit of version 5 (DWARF 5, 6.2.4).
    private static byte[] LineUnit(byte[] files, byte[] program)
    {
        byte[] header = [1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, .. files];
        byte[] rest = [.. ElfBytes.U16(5), 8, 0, .. ElfBytes.U32((uint)header.Length), .. header, .. program];
        return [.. ElfBytes.U32((uint)rest.Length), .. rest];
    }
}
