using System.Collections.Generic;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public class DynamicSectionTests
{
    private const ulong DynamicAt = 0x100;
    private const ulong NamesAt = 0x200;
    private const ulong SymbolsAt = 0x240;
    private const ulong HashAt = 0x280;

    // d_tag, <elf.h>
    private const long DtNull = 0;
    private const long DtNeeded = 1;
    private const long DtHash = 4;
    private const long DtStrtab = 5;
    private const long DtSymtab = 6;
    private const long DtStrsz = 10;

    private static readonly byte[][] s_entries =
    [
        Dyn(DtNeeded, 1), Dyn(DtStrtab, NamesAt), Dyn(DtSymtab, SymbolsAt), Dyn(DtStrsz, 0x40), Dyn(DtHash, HashAt), Dyn(DtNull, 0),
    ];

    [Fact]
    public void The_tables_are_where_its_entries_say()
    {
        ElfImage image = Library(s_entries);

        Assert.True(image.TryFindSymbol("a", out ElfSymbol symbol));
        Assert.Equal((0xaaaul, 0xaaaul), (symbol.Value, image.AddressOf(symbol)));
    }

    [Fact]
    public void What_stands_behind_its_end_mark_or_its_segment_does_not_count()
    {
        Assert.False(Library([.. s_entries[..4], Dyn(DtNull, 0), s_entries[4]]).TryFindSymbol("a", out _));
        Assert.False(Library(s_entries, size: 4 * 16).TryFindSymbol("a", out _));
        Assert.True(Library(s_entries, size: 5 * 16).TryFindSymbol("a", out _));
    }

    [Theory]
    [InlineData(1)] // DT_STRTAB
    [InlineData(2)] // DT_SYMTAB
    [InlineData(3)] // DT_STRSZ
    [InlineData(4)] // DT_HASH
    public void Without_one_of_the_tables_or_with_one_outside_of_the_image_nothing_is_found(int missing)
    {
        byte[][] without = [.. s_entries];
        without[missing] = Dyn(DtNeeded, 1);
        Assert.False(Library(without).TryFindSymbol("a", out _));

        without[missing] = Dyn(s_entries[missing][0], missing == 3 ? 0 : 0x10_0000u);
        Assert.False(Library(without).TryFindSymbol("a", out _));
    }

    [Fact]
    public void Without_end_it_is_left_at_the_limit()
    {
        List<byte[]> entries = [];
        for (int i = 0; i < 10_000; i++)
        {
            entries.Add(Dyn(DtNeeded, 0));
        }

        byte[] all = Join(entries);
        ulong size = 176 + (ulong)all.Length;
        CountingFile file = new(new InMemoryFile(Join(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_filesz: size, p_memsz: size),
            Phdr(p_type: 2, p_vaddr: 176, p_memsz: (ulong)all.Length), // PT_DYNAMIC
            all)));
        Assert.True(
            ElfImage.TryFromFile(file, Limits.Default with { ElfDynamicEntries = 320 }, out ElfImage? image, out string problem), problem);

        Assert.False(image.TryFindSymbol("a", out _));
        Assert.InRange(file.Reads, 10, 20);
    }

    /// <summary>A library with one symbol, "a", and the entries as its dynamic section.</summary>
    private static ElfImage Library(byte[][] entries, ulong size = 0x100)
        => Image(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_filesz: 0x300, p_memsz: 0x300), // PT_LOAD: everything, at its own offset
            Pad(Phdr(p_type: 2, p_vaddr: DynamicAt, p_memsz: size), (int)DynamicAt - 64 - 56), // PT_DYNAMIC
            Pad(Join(entries), 0x100),
            Pad(Latin1("\0a\0"), 0x40),
            Pad(Join(Sym(), Sym(st_name: 1, st_value: 0xaaa)), 0x40),
            Pad(Join(U32(1), U32(2), U32(1), U32(0), U32(0)), 0x80)); // nbucket, nchain, bucket, chain
}
