using System;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public class ElfHeaderTests
{
    [Fact]
    public void Every_field_is_read_from_its_place()
    {
        byte[] bytes =
        [
            0x7f, 0x45, 0x4c, 0x46, // e_ident[EI_MAG0..3]
            2, // EI_CLASS: ELFCLASS64
            1, // EI_DATA: ELFDATA2LSB
            1, // EI_VERSION
            3, // EI_OSABI: GNU
            0, 0, 0, 0, 0, 0, 0, 0, // EI_ABIVERSION, EI_PAD
            2, 0, // e_type: ET_EXEC
            183, 0, // e_machine: EM_AARCH64
            1, 0, 0, 0, // e_version
            0x10, 0x20, 0x40, 0, 0, 0, 0, 0, // e_entry
            0x40, 0, 0, 0, 0, 0, 0, 0, // e_phoff
            0x50, 0x51, 0x52, 0, 0, 0, 0, 0, // e_shoff
            7, 0, 0, 0, // e_flags
            64, 0, // e_ehsize
            56, 0, // e_phentsize
            9, 0, // e_phnum
            64, 0, // e_shentsize
            30, 0, // e_shnum
            29, 0, // e_shstrndx
        ];

        Assert.True(ElfHeader.TryRead(new InMemoryFile(bytes), 0, out ElfHeader header, out string problem), problem);

        ElfHeader expected = new(
            Magic: 0x464c457f, Class: 2, Encoding: 1, IdentVersion: 1, OsAbi: 3, IdentRest: 0, ElfType.Executable, ElfMachine.Arm64,
            Version: 1, Entry: 0x402010, SegmentsOffset: 0x40, SectionsOffset: 0x525150, Flags: 7, HeaderSize: 64, SegmentSize: 56,
            SegmentCount: 9, SectionSize: 64, SectionCount: 30, SectionNamesIndex: 29);
        Assert.Equal(expected, header);
        Assert.Equal("", problem);
    }

    [Fact]
    public void What_is_no_elf_for_us_says_what_it_is()
    {
        Assert.Equal("cannot be read", Problem([]));
        Assert.Equal("is not an ELF file", Problem(Latin1("#!/usr/bin/python3\n")));
        Assert.Equal("is not an ELF file", Problem(Ehdr(magic: "\x7f" + "ELG")));
        Assert.Equal("is not an ELF file", Problem([0x7f]));
        Assert.Equal("is a 32-bit ELF file", Problem(Ehdr(ei_class: 1, e_machine: 3)));
        Assert.Equal("is a 32-bit ELF file", Problem(Ehdr(ei_class: 1).AsSpan(0, 52).ToArray()));
        Assert.Equal("is a big-endian ELF file", Problem(Ehdr(ei_data: 2)));
        Assert.Equal("is a truncated ELF file", Problem(Ehdr().AsSpan(0, 63).ToArray()));
        Assert.Equal("is an ELF file of an unknown kind", Problem(Ehdr(ei_class: 3)));
        Assert.Equal("is an ELF file of an unknown kind", Problem(Ehdr(ei_data: 0)));
        Assert.Equal("is an ELF file of an unknown kind", Problem(Ehdr(ei_version: 2)));
        Assert.Equal("is an ELF file for another processor (e_machine 243)", Problem(Ehdr(e_machine: 243)));
        Assert.Equal("is an ELF file of an unknown type (e_type 9)", Problem(Ehdr(e_type: 9)));
    }

    [Theory]
    [InlineData(1)] // ET_REL
    [InlineData(2)] // ET_EXEC
    [InlineData(3)] // ET_DYN
    [InlineData(4)] // ET_CORE
    public void A_header_alone_is_an_image_without_anything_in_it(ushort type)
    {
        ElfImage image = Image(Ehdr(e_type: type));

        Assert.Equal(type, (ushort)image.Type);
        Assert.Equal(0, image.Segments.Length);
        Assert.Equal(default, image.LoadedRange);
        Assert.False(image.TryFindSymbol("_PyRuntime", out _));
        Assert.False(image.TryFindSection(".PyRuntime", out _));
        Assert.False(image.TryGetBuildId(out _));
        Assert.False(image.TryGetLoadBias(0x1000, out _));
    }
}
