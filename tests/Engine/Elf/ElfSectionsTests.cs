using System;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using PyStack.Engine.Elf;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public class ElfSectionsTests
{
    // At 1, 7, 18 and 23.
    private const string Names = "\0.data\0.PyRuntime\0.bss\0.names\0";

    [Fact]
    public void Sections_are_found_by_name_and_read_field_by_field()
    {
        ElfImage image = ThreeSections(Ehdr(e_shoff: 64, e_shnum: 4, e_shstrndx: 3));

        Assert.True(image.TryFindSection(".PyRuntime", out SectionHeader runtime));
        Assert.Equal(
            new SectionHeader(
                NameOffset: 7, Type: (SectionType)1, SectionFlags.Write | SectionFlags.Allocate, Address: 0x5000, FileOffset: 320, Size: 6,
                Link: 1, Info: 2, Alignment: 32, EntrySize: 3),
            runtime);
        Assert.Equal(new AddressRange(0x5000, 0x5006), runtime.Memory);
        Assert.True(image.Sections!.TryGetBytes(runtime, out ReadOnlySpan<byte> bytes));
        Assert.True(bytes.SequenceEqual("PYTHON"u8));
        Assert.Equal(".PyRuntime", Encoding.ASCII.GetString(image.Sections.NameOf(runtime)));
    }

    [Fact]
    public void A_name_must_be_whole_to_be_found()
    {
        ElfImage image = ThreeSections(Ehdr(e_shoff: 64, e_shnum: 4, e_shstrndx: 3));

        Assert.False(image.TryFindSection(".PyRun", out _));
        Assert.False(image.TryFindSection(".PyRuntimes", out _));
        Assert.False(image.TryFindSection("PyRuntime", out _));
        Assert.False(image.TryFindSection("", out _));
    }

    [Fact]
    public void A_section_of_zeros_has_a_range_and_no_bytes()
    {
        ElfImage image = ThreeSections(Ehdr(e_shoff: 64, e_shnum: 4, e_shstrndx: 3));

        Assert.True(image.TryFindSection(".bss", out SectionHeader bss));
        Assert.Equal(new AddressRange(0x6000, 0x6100), bss.Memory);
        Assert.False(bss.HasBytes);
        Assert.False(image.Sections!.TryGetBytes(bss, out _));
    }

    [Fact]
    public void Numbers_beyond_16_bits_stand_in_section_0()
    {
        // e_shnum 0 and SHN_XINDEX: sh_size and sh_link of section 0.
        ElfImage image = ThreeSections(Ehdr(e_shoff: 64, e_shnum: 0, e_shstrndx: 0xffff), Shdr(sh_size: 4, sh_link: 3));

        Assert.Equal(4, image.Sections!.Headers.Length);
        Assert.True(image.TryFindSection(".bss", out _));
    }

    [Fact]
    public void Headers_that_cannot_be_there_are_no_sections_and_do_no_harm()
    {
        Assert.Equal(0, ThreeSections(Ehdr(e_shoff: 0, e_shnum: 4, e_shstrndx: 3)).Sections!.Headers.Length);
        Assert.Equal(0, ThreeSections(Ehdr(e_shoff: 100_000, e_shnum: 4, e_shstrndx: 3)).Sections!.Headers.Length);
        Assert.Equal(0, ThreeSections(Ehdr(e_shoff: 64, e_shnum: 400, e_shstrndx: 3)).Sections!.Headers.Length);
        Assert.Equal(0, ThreeSections(Ehdr(e_shoff: 64, e_shnum: 4, e_shentsize: 40)).Sections!.Headers.Length);
        Assert.Equal(
            0, ThreeSections(Ehdr(e_shoff: 64, e_shnum: 0, e_shstrndx: 3), Shdr(sh_size: ulong.MaxValue)).Sections!.Headers.Length);

        ElfImage nameless = ThreeSections(Ehdr(e_shoff: 64, e_shnum: 4, e_shstrndx: 77));
        Assert.Equal(4, nameless.Sections!.Headers.Length);
        Assert.False(nameless.TryFindSection(".bss", out _));
        Assert.True(nameless.Sections.NameOf(nameless.Sections.Headers[1]).IsEmpty);
    }

    [Fact]
    public void Bytes_over_the_end_of_the_file_are_refused()
    {
        ElfImage image = ThreeSections(Ehdr(e_shoff: 64, e_shnum: 4, e_shstrndx: 3));

        Assert.True(image.TryFindSection(".PyRuntime", out SectionHeader runtime));
        Assert.False(image.Sections!.TryGetBytes(runtime with { Size = 1000 }, out _));
        Assert.False(image.Sections.TryGetBytes(runtime with { Size = ulong.MaxValue }, out _));
        Assert.False(image.Sections.TryGetBytes(runtime with { FileOffset = ulong.MaxValue }, out _));
    }

    [Theory]
    [MemberData(nameof(Toolchain.RealFiles), MemberType = typeof(Toolchain))]
    public void Real_sections_are_those_that_readelf_lists(string path)
    {
        using OpenImage opened = new(path);
        ElfImage image = opened.Image;

        //   [ 2] .gnu.hash         GNU_HASH        0000000000000260 00025c 000038 00   A  3   0  8
        MatchCollection lines = Regex.Matches(
            Toolchain.Run("readelf", "-SW", path),
            @"^  \[ *(\d+)\] (\S*) +([A-Z_]+) +([0-9a-f]{16}) ([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) [ A-Za-z]{3} +(\d+) +(\d+) +(\d+)$",
            RegexOptions.Multiline);
        Assert.NotEmpty(lines);
        Assert.Equal(lines.Count, image.Sections!.Headers.Length);
        for (int i = 0; i < lines.Count; i++)
        {
            GroupCollection line = lines[i].Groups;
            SectionHeader section = image.Sections.Headers[i];
            Assert.Equal(line[2].Value, Encoding.UTF8.GetString(image.Sections.NameOf(section)));
            Assert.Equal(line[3].Value == "NOBITS", section.Type == SectionType.NoBits);
            Assert.Equal(line[3].Value == "SYMTAB", section.Type == SectionType.SymbolTable);
            Assert.Equal(line[3].Value == "DYNSYM", section.Type == SectionType.DynamicSymbols);
            Assert.Equal(
                (Hex(line[4]), Hex(line[5]), Hex(line[6]), Hex(line[7])),
                (section.Address, section.FileOffset, section.Size, section.EntrySize));
            Assert.Equal(
                (line[8].Value, line[9].Value, line[10].Value),
                (Text(section.Link), Text(section.Info), Text(section.Alignment)));
            if (line[2].Length > 0)
            {
                Assert.True(image.TryFindSection(line[2].Value, out _));
            }
        }
    }

    private static ElfImage ThreeSections(byte[] ehdr, byte[]? first = null)
        => Image(
            ehdr,
            first ?? Shdr(),
            Shdr(
                sh_name: 7, sh_type: 1, sh_flags: 3, sh_addr: 0x5000, sh_offset: 320, sh_size: 6, sh_link: 1, sh_info: 2,
                sh_addralign: 32, sh_entsize: 3),
            Shdr(sh_name: 18, sh_type: 8, sh_addr: 0x6000, sh_offset: 320, sh_size: 0x100),
            Shdr(sh_name: 23, sh_type: 3, sh_offset: 326, sh_size: (ulong)Names.Length),
            Latin1("PYTHON"),
            Latin1(Names));

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static ulong Hex(Group group) => ulong.Parse(group.Value, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
