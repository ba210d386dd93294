using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Dwarf;
using PyStack.Engine.Dwarf.Info;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf.Info;

/// <summary>Units of debug information written out byte by byte (DWARF 4 and 5, chapter 7.5).</summary>
public sealed class DebugUnitTests
{
    // 1: compile_unit with children: low_pc addr, high_pc data4. 2: subprogram with children: name string, low_pc addr, high_pc addr.
    // 3: inlined_subroutine: abstract_origin ref4, low_pc addr, high_pc data1, call_file data1, call_line data1. 4: subprogram: name strp, inline data1.
    // 5: variable: location exprloc, type ref_sig8, const_value block1, flag_present: all of it skipped.
    private static readonly byte[] OldAbbreviations =
    [
        1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0,
        2, 0x2e, 1, 0x03, 0x08, 0x11, 0x01, 0x12, 0x01, 0, 0,
        3, 0x1d, 0, 0x31, 0x13, 0x11, 0x01, 0x12, 0x0b, 0x58, 0x0b, 0x59, 0x0b, 0, 0,
        4, 0x2e, 0, 0x03, 0x0e, 0x20, 0x0b, 0, 0,
        5, 0x34, 0, 0x02, 0x18, 0x49, 0x20, 0x1c, 0x0a, 0x3f, 0x19, 0, 0,
        0,
    ];

    [Fact]
    public void A_chain_of_inlined_calls_leads_from_the_function_to_the_innermost_call()
    {
        byte[] prefix =
        [
            1, .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0x100),
            2, .. "outer\0"u8, .. ElfBytes.U64(0x1000), .. ElfBytes.U64(0x1080),
            5, 2, 0x91, 0x68, .. ElfBytes.U64(77), 3, 1, 2, 3, // skipped whatever its forms are
        ];
        byte[] call(uint origin) => [3, .. ElfBytes.U32(origin), .. ElfBytes.U64(0x1010), 0x10, 1, 42];
        uint place = (uint)(11 + prefix.Length + call(0).Length + 1);
        byte[] entries = [.. prefix, .. call(place), 0, 4, .. ElfBytes.U32(4), 1, 0];
        DwarfSections sections = Sections(4, entries, OldAbbreviations, (".debug_str", [.. "not"u8, 0, .. "inner\0"u8]));

        Assert.Equal([("outer", 42, false), ("inner", 0, true)], Find(sections, 0x1018));
        Assert.Equal([("outer", 0, false)], Find(sections, 0x1020)); // high_pc as a constant is a length: the call ends there
        Assert.Empty(Find(sections, 0x1100));
    }

    [Fact]
    public void No_more_calls_are_inlined_at_an_address_than_a_compiler_ever_does()
    {
        List<byte> entries = [1, .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0x100), 2, .. "outer\0"u8, .. ElfBytes.U64(0x1000), .. ElfBytes.U64(0x1080)];
        for (int i = 0; i < 5000; i++)
        {
            entries.AddRange([3, .. ElfBytes.U32(0), .. ElfBytes.U64(0x1010), 0x10, 1, 42]);
        }

        Assert.InRange(Find(Sections(4, [.. entries, 0, 0], OldAbbreviations, (".debug_str", [0])), 0x1018).Count, 100, 1000);
    }

    [Theory]
    [InlineData(0x2005, "paired")] // offset_pair from the unit's base
    [InlineData(0x3004, "paired")] // start_length
    [InlineData(0x4003, "paired")] // start_end
    [InlineData(0x5002, "paired")] // startx_length
    [InlineData(0x6001, "paired")] // startx_endx
    [InlineData(0x7002, "paired")] // base_addressx, offset_pair
    [InlineData(0x8002, "paired")] // base_address, offset_pair
    [InlineData(0x2010, null)]
    [InlineData(0x3010, null)]
    public void Version_5_reads_every_kind_of_range_and_indexed_addresses_and_strings(ulong address, string? expected)
    {
        // 1: compile_unit, children: str_offsets_base, addr_base, rnglists_base sec_offset; low_pc addrx; ranges rnglistx.
        // 2: subprogram: name strx1; ranges rnglistx; decl_line implicit_const 9; inline by form indirect (data1).
        byte[] abbreviations =
        [
            1, 0x11, 1, 0x72, 0x17, 0x73, 0x17, 0x74, 0x17, 0x11, 0x1b, 0x55, 0x23, 0, 0,
            2, 0x2e, 0, 0x03, 0x25, 0x55, 0x23, 0x3b, 0x21, 9, 0x20, 0x16, 0, 0,
            0,
        ];
        byte[] entries =
        [
            1, .. ElfBytes.U32(8), .. ElfBytes.U32(8), .. ElfBytes.U32(12), 0, 0,
            2, 1, 0, 0x0b, 1,
            0,
        ];
        byte[] ranges =
        [
            .. ElfBytes.U32(0), 5, 0, 8, 0, .. ElfBytes.U32(1), // the header, whose length nobody needs; one offset
            .. ElfBytes.U32(4), // from the base: behind the offset itself
            4, 0x00, 0x10, // offset_pair 0..0x10
            7, .. ElfBytes.U64(0x3000), 0x10, // start_length
            6, .. ElfBytes.U64(0x4000), .. ElfBytes.U64(0x4010), // start_end
            3, 1, 0x10, // startx_length
            2, 2, 3, // startx_endx
            1, 4, 4, 0x00, 0x10, // base_addressx, offset_pair
            5, .. ElfBytes.U64(0x8000), 4, 0x00, 0x10, // base_address, offset_pair
            0,
        ];
        byte[] addresses =
        [
            .. new byte[8], .. ElfBytes.U64(0x2000), .. ElfBytes.U64(0x5000), .. ElfBytes.U64(0x6000), .. ElfBytes.U64(0x6010), .. ElfBytes.U64(0x7000),
        ];
        DwarfSections sections = Sections(
            5, entries, abbreviations,
            (".debug_str", [.. "x\0"u8, .. "paired\0"u8]), (".debug_str_offsets", [.. new byte[8], .. ElfBytes.U32(0), .. ElfBytes.U32(2)]),
            (".debug_addr", addresses), (".debug_rnglists", ranges));

        Assert.Equal(expected is null ? [] : [(expected, 0, false)], Find(sections, address));
    }

    [Fact]
    public void Version_4_reads_lists_of_ranges_and_leaves_out_code_that_the_linker_threw_away()
    {
        byte[] abbreviations = [1, 0x11, 1, 0x11, 0x01, 0x55, 0x17, 0, 0, 2, 0x2e, 0, 0x03, 0x08, 0x55, 0x17, 0, 0, 0];
        byte[] entries = [1, .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0), 2, .. "f\0"u8, .. ElfBytes.U32(0), 0];
        byte[] ranges =
        [
            .. ElfBytes.U64(0x10), .. ElfBytes.U64(0x20), // from the unit's low_pc
            .. ElfBytes.U64(ulong.MaxValue), .. ElfBytes.U64(0x5000), // another base
            .. ElfBytes.U64(0), .. ElfBytes.U64(8),
            .. ElfBytes.U64(ulong.MaxValue), .. ElfBytes.U64(0),
            .. ElfBytes.U64(0), .. ElfBytes.U64(4), // thrown away, left at 0; and two zeros end the list
            .. ElfBytes.U64(0), .. ElfBytes.U64(0),
            .. ElfBytes.U64(0x9000), .. ElfBytes.U64(0x9010), // behind the end
        ];
        DwarfSections sections = Sections(4, entries, abbreviations, (".debug_ranges", ranges));

        Assert.Equal([("f", 0, false)], Find(sections, 0x1010));
        Assert.Equal([("f", 0, false)], Find(sections, 0x5007));
        Assert.Empty(Find(sections, 0x1020));
        Assert.Empty(Find(sections, 2));
        Assert.Empty(Find(sections, 0x9000));
    }

    [Fact]
    public void A_reference_leads_into_another_unit()
    {
        // The first unit has the abstract function, the second refers to it by its place in the section (ref_addr).
        byte[] abbreviations =
        [
            1, 0x11, 1, 0x11, 0x01, 0x12, 0x06, 0, 0,
            2, 0x2e, 0, 0x03, 0x08, 0, 0,
            3, 0x2e, 0, 0x31, 0x10, 0x11, 0x01, 0x12, 0x06, 0, 0,
            0,
        ];
        byte[] first = UnitBytes(4, [1, .. ElfBytes.U64(0x100), .. ElfBytes.U32(0x10), 2, .. "elsewhere\0"u8, 0]);
        byte[] second = UnitBytes(4, [1, .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0x100), 3, .. ElfBytes.U32(11 + 13), .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0x20), 0]);
        DwarfSections sections = DebugSections.Of((".debug_info", [.. first, .. second]), (".debug_abbrev", abbreviations));

        Assert.Equal([("elsewhere", 0, false)], Find(sections, 0x1008));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_unit_of_an_unknown_version_is_refused(int version)
        => Assert.False(UnitHeader.TryRead(DebugSections.Of((".debug_info", UnitBytes(version, [1, 0]))), 0, out _));

    [Fact]
    public void An_abbreviation_that_does_not_exist_ends_the_unit()
    {
        byte[] entries = [1, .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0x100), 99, 2, .. "f\0"u8, .. ElfBytes.U64(0x1000), .. ElfBytes.U64(0x1010), 0, 0];

        Assert.Empty(Find(Sections(4, entries, OldAbbreviations), 0x1000));
    }

    [Fact]
    public void A_unit_that_is_cut_off_anywhere_does_no_harm()
    {
        byte[] entries = [1, .. ElfBytes.U64(0x1000), .. ElfBytes.U32(0x100), 2, .. "f\0"u8, .. ElfBytes.U64(0x1000), .. ElfBytes.U64(0x1010), 0, 0];
        byte[] unit = UnitBytes(4, entries);
        for (int length = 0; length < unit.Length; length++)
        {
            Assert.Empty(Find(DebugSections.Of((".debug_info", unit[..length]), (".debug_abbrev", OldAbbreviations)), 0x1000));
        }

        Assert.Single(Find(DebugSections.Of((".debug_info", unit), (".debug_abbrev", OldAbbreviations)), 0x1000));
    }

    // Without a line table no file is known, and a line counts only with its file: so the lines of calls are asked of the functions themselves.
    private static List<(string? Function, int Line, bool IsInlined)> Find(DwarfSections sections, ulong address)
    {
        List<SymbolizedFrame> frames = [];
        _ = new DebugSymbols(sections, Limits.Default).TryFind(address, null, frames);
        List<UnitFunction> chain = [];
        if (UnitIndex.Read(sections).TryFind(address, out ulong offset) && DebugUnit.Read(sections, offset) is DebugUnit unit)
        {
            UnitFunctions.Read(unit, Limits.Default, sections.Budget).Find(address, chain);
        }

        Assert.Equal(frames.Count, chain.Count);
        return [.. frames.Select((frame, i) => (frame.Function, i + 1 < chain.Count ? chain[i + 1].CallLine : 0, frame.IsInlined))];
    }

    private static DwarfSections Sections(int version, byte[] entries, byte[] abbreviations, params (string Name, byte[] Bytes)[] others)
        => DebugSections.Of([(".debug_info", UnitBytes(version, entries)), (".debug_abbrev", abbreviations), .. others]);

    // unit_length, version, then abbreviations and address size: in version 5 the other way round, behind the type.
    private static byte[] UnitBytes(int version, byte[] entries)
    {
        byte[] rest = version >= 5
            ? [.. ElfBytes.U16((ushort)version), 1, 8, .. ElfBytes.U32(0), .. entries]
            : [.. ElfBytes.U16((ushort)version), .. ElfBytes.U32(0), 8, .. entries];
        return [.. ElfBytes.U32((uint)rest.Length), .. rest];
    }
}
