using System.Collections.Generic;
using System.Linq;
using System.Text;
using PyStack.Engine.Dwarf.Lines;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using Xunit;

namespace PyStack.Engine.Tests.Dwarf.Lines;

/// <summary>Line number programs written out byte by byte, beside the rows that DWARF 5, chapter 6.2, says they make.</summary>
public sealed class LineProgramTests
{
    // How many operands the standard opcodes 1 to 12 have (6.2.4, standard_opcode_lengths).
    private static readonly byte[] Lengths = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1];

    private static readonly byte[] SetAddress1000 = [0, 9, 2, 0x00, 0x10, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] EndSequence = [0, 1, 1];

    // include_directories "inc", none; file_names "a.c" in 0, "b.h" in 1, none: to version 4.
    private static readonly byte[] OldFiles = [.. "inc\0"u8, 0, .. "a.c\0"u8, 0, 0, 0, .. "b.h\0"u8, 1, 0, 0, 0];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Each_opcode_makes_the_rows_that_the_standard_says(int version)
    {
        // line_base -5, line_range 14, opcode_base 13: a special opcode advances (o - 13) / 14 and -5 + (o - 13) % 14.
        LineTable table = Read(Unit(version, 1, -5, 14, 13, OldFiles,
        [
            .. SetAddress1000,
            3, 9, // advance_line 9: 10
            1, // copy: 0x1000, 10
            0x4b, // 75 - 13 = 62 = 4 * 14 + 6: 0x1004, 11
            2, 0x80, 1, // advance_pc 128
            3, 0x7d, // advance_line -3
            4, 2, // set_file 2
            5, 7, // set_column 7: not kept
            6, // negate_stmt
            1, // copy: 0x1084, 8, file 2, no statement
            8, // const_add_pc: (255 - 13) / 14 = 17
            9, 0x05, 0x00, // fixed_advance_pc 5
            6, // negate_stmt
            10, 11, 12, 3, // prologue_end, epilogue_begin, set_isa 3: nothing of ours
            7, // basic_block
            0, 2, 4, 9, // set_discriminator 9: skipped
            0, 3, 0x80, 1, 2, // an extended opcode of nobody's: skipped
            0x12, // 18 - 13 = 5: no address, no line: 0x109a, 8
            2, 1, // advance_pc 1
            .. EndSequence, // 0x109b
        ]));

        Assert.Equal(
            ["1000 1:10 stmt", "1004 1:11 stmt", "1084 2:8", "109a 2:8 stmt", "109b 2:8 stmt end"],
            table.Rows.ToArray().Select(Text));
        Assert.Equal((null, "a.c", "inc/b.h"), (table.FileAt(0), table.FileAt(1), table.FileAt(2)));
    }

    [Fact]
    public void Version_5_counts_files_from_0_and_reads_every_form_of_its_tables()
    {
        byte[] strings = [.. "main.c\0"u8, .. "/src\0"u8, .. "lib\0"u8];
        byte[] files =
        [
            1, 1, 0x1f, // directory format: path as line_strp
            2, .. ElfBytes.U32(7), .. ElfBytes.U32(12), // "/src", "lib"
            4, 1, 0x1f, 2, 0x0b, 5, 0x1e, 3, 0x0f, // file format: path line_strp, directory data1, MD5 data16, timestamp udata
            2,
            .. ElfBytes.U32(0), 0, .. new byte[16], 0x80, 1, // main.c in 0
            .. ElfBytes.U32(0), 1, .. new byte[16], 3, // main.c in 1
        ];
        LineTable table = Read(Unit(5, 1, -3, 12, 13, files, [.. SetAddress1000, 4, 0, 1, 4, 1, 0x10, .. EndSequence]), (".debug_line_str", strings));

        // 16 - 13 = 3: no address, -3 + 3 lines.
        Assert.Equal(["1000 0:1 stmt", "1000 1:1 stmt", "1000 1:1 stmt end"], table.Rows.ToArray().OrderBy(row => row.IsEnd).Select(Text));
        Assert.Equal(("main.c", "lib/main.c"), (table.FileAt(0), table.FileAt(1)));
    }

    [Fact]
    public void Addresses_advance_by_whole_instructions()
    {
        // minimum_instruction_length 4, as on aarch64.
        LineTable table = Read(Unit(4, 4, -5, 14, 13, OldFiles, [.. SetAddress1000, 0x4b, 2, 3, 1, 8, 1, .. EndSequence]));

        Assert.Equal(["1010 1:2 stmt", "101c 1:2 stmt", "1060 1:2 stmt"], table.Rows.ToArray().Where(row => !row.IsEnd).Select(Text));
    }

    [Fact]
    public void With_an_opcode_base_of_10_the_later_standard_opcodes_are_special()
    {
        LineTable table = Read(Unit(2, 1, 0, 4, 10, OldFiles, [.. SetAddress1000, 10, 11, 15, .. EndSequence]));

        // 10: +0, +0; 11: +0, +1; 15 - 10 = 5: +1, +1.
        Assert.Equal(["1000 1:1 stmt", "1000 1:2 stmt", "1001 1:3 stmt"], table.Rows.ToArray().Where(row => !row.IsEnd).Select(Text));
    }

    [Fact]
    public void Opcodes_of_a_later_standard_are_skipped_by_their_number_of_operands()
    {
        // opcode_base 15: 13 has two operands and 14 none.
        LineTable table = Read(Unit(4, 1, -5, 14, 15, OldFiles, [.. SetAddress1000, 13, 0x81, 1, 7, 14, 1, 2, 4, .. EndSequence], [.. Lengths, 2, 0]));

        Assert.Equal("1000 1:1 stmt", Text(table.Rows[0]));
        Assert.Equal(2, table.Rows.Length);
    }

    [Fact]
    public void A_file_that_the_program_defines_itself_comes_behind_the_others()
    {
        LineTable table = Read(Unit(3, 1, -5, 14, 13, OldFiles, [.. SetAddress1000, 0, 8, 3, .. "c.c\0"u8, 0, 0, 0, 4, 3, 1, 2, 4, .. EndSequence]));

        Assert.Equal("1000 3:1 stmt", Text(table.Rows[0]));
        Assert.Equal("c.c", table.FileAt(3));
    }

    [Fact]
    public void Each_sequence_begins_anew_and_stands_where_its_addresses_say()
    {
        byte[] low = [0, 9, 2, 0x00, 0x08, 0, 0, 0, 0, 0, 0];
        LineTable table = Read(Unit(
            4, 1, -5, 14, 13, OldFiles, [.. SetAddress1000, 3, 4, 4, 2, 6, 1, 2, 8, .. EndSequence, .. low, 1, 2, 4, .. EndSequence]));

        Assert.Equal(["800 1:1 stmt", "804 1:1 stmt end", "1000 2:5", "1008 2:5 end"], table.Rows.ToArray().Select(Text));
        Assert.True(table.TryFind(0x1007, out LineRow row) && row.Line == 5);
        Assert.True(table.TryFind(0x803, out row) && row.Line == 1);
        Assert.False(table.TryFind(0x804, out _)); // between the two
        Assert.False(table.TryFind(0x7ff, out _));
        Assert.False(table.TryFind(0x1008, out _));
    }

    [Fact]
    public void The_64_bit_format_has_longer_lengths()
    {
        byte[] header = [1, 1, 1, 0xfb, 14, 13, .. Lengths, .. OldFiles];
        byte[] program = [.. SetAddress1000, 1, 2, 4, .. EndSequence];
        byte[] rest = [4, 0, .. ElfBytes.U64((ulong)header.Length), .. header, .. program];

        LineTable table = Read([.. ElfBytes.U32(uint.MaxValue), .. ElfBytes.U64((ulong)rest.Length), .. rest]);

        Assert.Equal("1000 1:1 stmt", Text(table.Rows[0]));
    }

    [Fact]
    public void What_was_read_before_a_broken_place_counts()
    {
        // line_range 0: no special opcode can be taken apart. An operand that is cut off ends it, too.
        Assert.Equal(["1000 1:1 stmt"], Read(Unit(4, 1, -5, 0, 13, OldFiles, [.. SetAddress1000, 1, 0x40, 1])).Rows.ToArray().Select(Text));
        Assert.Equal(["1000 1:1 stmt"], Read(Unit(4, 1, -5, 14, 13, OldFiles, [.. SetAddress1000, 1, 2, 0x80])).Rows.ToArray().Select(Text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(6)]
    public void A_version_that_is_not_known_is_refused(int version)
        => Assert.Null(LineProgram.Read(DebugSections.Of((".debug_line", Unit(version, 1, -5, 14, 13, OldFiles, [1]))), 0, Limits.Default));

    [Fact]
    public void A_table_that_is_cut_off_anywhere_is_refused()
    {
        byte[] whole = Unit(4, 1, -5, 14, 13, OldFiles, [.. SetAddress1000, 1, .. EndSequence]);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(LineProgram.Read(DebugSections.Of((".debug_line", whole[..length])), 0, Limits.Default));
        }
    }

    private static LineTable Read(byte[] section, params (string Name, byte[] Bytes)[] others)
    {
        LineTable? table = LineProgram.Read(DebugSections.Of([(".debug_line", section), .. others]), 0, Limits.Default);
        Assert.NotNull(table);
        return table;
    }

    // unit_length, version, [address_size, segment_selector_size], header_length, minimum_instruction_length, [maximum_operations_per_instruction],
    // default_is_stmt, line_base, line_range, opcode_base, standard_opcode_lengths, directories and files, program.
    private static byte[] Unit(int version, byte minimum, sbyte lineBase, byte lineRange, byte opcodeBase, byte[] files, byte[] program, byte[]? lengths = null)
    {
        List<byte> header = [minimum];
        if (version >= 4)
        {
            header.Add(1);
        }

        header.AddRange([1, (byte)lineBase, lineRange, opcodeBase]);
        header.AddRange((lengths ?? Lengths).Take(opcodeBase - 1));
        header.AddRange(files);
        byte[] rest = [.. ElfBytes.U16((ushort)version), .. version >= 5 ? (byte[])[8, 0] : [], .. ElfBytes.U32((uint)header.Count), .. header, .. program];
        return [.. ElfBytes.U32((uint)rest.Length), .. rest];
    }

    private static string Text(LineRow row)
        => new StringBuilder().Append($"{row.Address:x} {row.File}:{row.Line}").Append(row.IsStatement ? " stmt" : "").Append(row.IsEnd ? " end" : "").ToString();
}
