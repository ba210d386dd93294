using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public class ElfSegmentsTests
{
    [Fact]
    public void A_segment_is_read_field_by_field_and_split_into_data_and_zeros()
    {
        ElfImage image = Image(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_type: 4, p_flags: 4, p_offset: 0x238, p_vaddr: 0x400238, p_filesz: 0x24, p_memsz: 0x24, p_align: 4),
            Phdr(p_type: 1, p_flags: 6, p_offset: 0xdf8, p_vaddr: 0x403df8, p_filesz: 0x220, p_memsz: 0x3d8, p_align: 0x1000));

        ProgramHeader data = image.Segments[1];
        Assert.Equal(
            new ProgramHeader(
                SegmentType.Load, SegmentAccess.Read | SegmentAccess.Write, FileOffset: 0xdf8, Address: 0x403df8,
                PhysicalAddress: 0x403df8, FileSize: 0x220, MemorySize: 0x3d8, Alignment: 0x1000),
            data);
        Assert.True(data.IsWritable);
        Assert.False(image.Segments[0].IsLoaded);
        Assert.Equal(new AddressRange(0x403df8, 0x404018), data.Initialized);
        Assert.Equal(new AddressRange(0x404018, 0x4041d0), data.Zeroed);
        Assert.Equal(new AddressRange(0x403df8, 0x4041d0), image.LoadedRange);
    }

    [Fact]
    public void A_segment_that_wraps_around_ends_with_the_address_space()
    {
        ElfImage image = Image(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_vaddr: 0xffff_ffff_ffff_f000, p_filesz: ulong.MaxValue, p_memsz: 0x8000),
            Phdr(p_vaddr: 0x1000, p_filesz: 0x9000, p_memsz: 0x10));

        Assert.Equal(ulong.MaxValue, image.Segments[0].Memory.End);
        Assert.Equal(0ul, image.Segments[0].Zeroed.Length);
        Assert.Equal(new AddressRange(0x1000, 0x1010), image.Segments[1].Initialized);
    }

    [Fact]
    public void A_number_of_segments_beyond_16_bits_stands_in_section_0()
    {
        ElfImage image = Image(
            Ehdr(e_phoff: 128, e_phnum: 0xffff, e_shoff: 64), // PN_XNUM
            Shdr(sh_info: 3),
            Phdr(p_vaddr: 0x1000), Phdr(p_vaddr: 0x2000), Phdr(p_vaddr: 0x3000), Phdr(p_vaddr: 0x4000));

        Assert.Equal(3, image.Segments.Length);
        Assert.Equal(0x3000ul, image.Segments[2].Address);
    }

    [Fact]
    public void Program_headers_that_cannot_be_there_are_named()
    {
        const string Unreadable = "is an ELF file whose program headers cannot be read";
        Assert.Equal(Unreadable, Problem(Ehdr(e_phoff: 64, e_phnum: 2), Phdr()));
        Assert.Equal(Unreadable, Problem(Ehdr(e_phoff: ulong.MaxValue - 55, e_phnum: 1), Phdr()));
        Assert.Equal(Unreadable, Problem(Ehdr(e_phoff: 64, e_phnum: 1, e_phentsize: 32), Phdr()));
        Assert.Equal(
            "is an ELF file with too many segments (4097)",
            Problem(Ehdr(e_phoff: 128, e_phnum: 0xffff, e_shoff: 64), Shdr(sh_info: 4097)));
        Assert.Equal(
            "is an ELF file whose number of segments cannot be read",
            Problem(Ehdr(e_phoff: 64, e_phnum: 0xffff), Phdr()));
    }

    [Fact]
    public void Bytes_are_found_by_their_linked_address_up_to_what_the_file_holds()
    {
        ElfImage image = Image(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_offset: 176, p_vaddr: 0x10_0000, p_filesz: 4, p_memsz: 4),
            Phdr(p_offset: 180, p_vaddr: 0x20_0000, p_filesz: 4, p_memsz: 64),
            Latin1("codedata--"));

        byte[] bytes = new byte[8];
        Assert.Equal(2, image.AddressSpace.Read(0x10_0002, bytes));
        Assert.Equal(Latin1("de"), bytes[..2]);
        Assert.Equal(4, image.AddressSpace.Read(0x20_0000, bytes));
        Assert.Equal(Latin1("data"), bytes[..4]);
        Assert.Equal(0, image.AddressSpace.Read(0x20_0004, bytes)); // .bss is not in the file
        Assert.Equal(0, image.AddressSpace.Read(0xf_ffff, bytes));
        Assert.True(image.AddressSpace.Contains(0x20_003f));
        Assert.False(image.AddressSpace.Contains(0x20_0040));
    }

    // The first two segments share a page of the file, as linkers make it with -z noseparate-code.
    [Theory]
    [InlineData(0x7f00_0000_0000, 0x0000, 0x7f00_0000_0000)] // the headers and the code
    [InlineData(0x7f00_0000_2000, 0x1000, 0x7f00_0000_0000)] // the data, from the page that the code ends in
    [InlineData(0x7f00_0000_3000, 0x2000, 0x7f00_0000_0000)] // what mprotect has split off in the middle of the data
    public void The_load_bias_follows_from_any_mapping(ulong start, ulong offset, ulong expected)
    {
        ElfImage image = Image(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_offset: 0, p_vaddr: 0, p_filesz: 0x1e00, p_memsz: 0x1e00),
            Phdr(p_offset: 0x1e00, p_vaddr: 0x2e00, p_filesz: 0x900, p_memsz: 0x1900));

        Assert.True(ElfSegments.TryGetLoadBias(image.Segments, start, offset, pageSize: 0x1000, out ulong bias));
        Assert.Equal(expected, bias);
    }

    // The same file where pages are larger, as on some aarch64 machines: the data begins in the page that the code ends in.
    [Fact]
    public void The_load_bias_heeds_the_size_of_a_page()
    {
        ElfImage image = Image(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_offset: 0, p_vaddr: 0, p_filesz: 0x2_1e00, p_memsz: 0x2_1e00, p_align: 0x1_0000),
            Phdr(p_offset: 0x2_1f00, p_vaddr: 0x3_1f00, p_filesz: 0x900, p_memsz: 0x1900, p_align: 0x1_0000));

        Assert.True(ElfSegments.TryGetLoadBias(image.Segments, 0x7f00_0003_0000, 0x2_0000, pageSize: 0x1_0000, out ulong large));
        Assert.True(ElfSegments.TryGetLoadBias(image.Segments, 0x7f00_0002_0000, 0x2_0000, pageSize: 0x1000, out ulong small));

        Assert.Equal((0x7f00_0000_0000ul, 0x7f00_0000_0000ul), (large, small));
    }

    [Fact]
    public void The_load_bias_of_a_fixed_program_is_zero_and_that_of_a_high_vdso_wraps()
    {
        ElfImage program = Image(Ehdr(e_type: 2, e_phoff: 64, e_phnum: 1), Phdr(p_vaddr: 0x40_0000, p_filesz: 0x500, p_memsz: 0x500));
        ElfImage vdso = Image(
            Ehdr(e_phoff: 64, e_phnum: 1), Phdr(p_vaddr: 0xffff_ffff_ff70_0000, p_filesz: 0x900, p_memsz: 0x900));

        Assert.True(program.TryGetLoadBias(0x40_0000, out ulong fixedBias));
        Assert.True(vdso.TryGetLoadBias(0x7fff_0000_0000, out ulong wrappedBias));
        Assert.False(ElfSegments.TryGetLoadBias(program.Segments, 0x50_0000, 0x10_0000, pageSize: 0x1000, out _));

        Assert.Equal(0ul, fixedBias);
        Assert.Equal(0x7fff_0000_0000ul, unchecked(wrappedBias + 0xffff_ffff_ff70_0000));
    }

    [Theory]
    [MemberData(nameof(Toolchain.RealFiles), MemberType = typeof(Toolchain))]
    public void Real_segments_are_those_that_readelf_lists(string path)
    {
        Dictionary<string, SegmentType> types = new()
        {
            ["LOAD"] = SegmentType.Load,
            ["DYNAMIC"] = SegmentType.Dynamic,
            ["INTERP"] = SegmentType.Interpreter,
            ["NOTE"] = SegmentType.Note,
            ["TLS"] = SegmentType.ThreadLocalStorage,
            ["GNU_EH_FRAME"] = SegmentType.GnuEhFrame,
        };
        using OpenImage opened = new(path);
        ElfImage image = opened.Image;

        // LOAD           0x000df8 0x0000000000003df8 0x0000000000003df8 0x000000 0x0003d8 RW  0x1000
        MatchCollection lines = Regex.Matches(
            Toolchain.Run("readelf", "-lW", path),
            @"^  ([A-Z_]+) +0x([0-9a-f]+) 0x([0-9a-f]+) 0x([0-9a-f]+) 0x([0-9a-f]+) 0x([0-9a-f]+) ([R ])([W ])([E ]) (?:0x)?([0-9a-f]+)",
            RegexOptions.Multiline);
        Assert.NotEmpty(lines);
        Assert.Equal(lines.Count, image.Segments.Length);
        for (int i = 0; i < lines.Count; i++)
        {
            GroupCollection line = lines[i].Groups;
            SegmentAccess flags = (line[7].Value == "R" ? SegmentAccess.Read : 0)
                | (line[8].Value == "W" ? SegmentAccess.Write : 0)
                | (line[9].Value == "E" ? SegmentAccess.Execute : 0);
            SegmentType type = types.GetValueOrDefault(line[1].Value, image.Segments[i].Type);
            Assert.Equal(
                new ProgramHeader(type, flags, Hex(line[2]), Hex(line[3]), Hex(line[4]), Hex(line[5]), Hex(line[6]), Hex(line[10])),
                image.Segments[i]);
        }
    }

    private static ulong Hex(Group group) => ulong.Parse(group.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
