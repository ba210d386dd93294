using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public class SymbolScanTests
{
    // st_info, <elf.h>: STB_LOCAL or STB_GLOBAL << 4, STT_OBJECT, STT_FILE or STT_TLS.
    private const byte LocalObject = 0x01;
    private const byte LocalFile = 0x04;
    private const byte GlobalObject = 0x11;
    private const byte GlobalThreadLocal = 0x16;

    private const string Names = "\0name\0other\0";

    [Fact]
    public void A_global_definition_is_preferred_to_a_local_one_whatever_their_order()
    {
        byte[] local = Sym(st_name: 1, st_info: LocalObject, st_value: 1);
        byte[] secondLocal = Sym(st_name: 1, st_info: LocalObject, st_value: 2);
        byte[] global = Sym(st_name: 1, st_info: GlobalObject, st_value: 3);

        Assert.Equal(3ul, Find([local, secondLocal, global]));
        Assert.Equal(3ul, Find([global, local]));
        Assert.Equal(1ul, Find([local, secondLocal]));
        Assert.Equal(3ul, Find([local], [global]));
        Assert.Equal(3ul, Find([global], [local]));
        Assert.Equal(1ul, Find([local], [secondLocal]));
    }

    [Fact]
    public void Imports_and_names_of_files_are_no_definitions()
    {
        byte[] import = Sym(st_name: 1, st_shndx: 0, st_value: 1); // SHN_UNDEF
        byte[] file = Sym(st_name: 1, st_info: LocalFile, st_shndx: 0xfff1, st_value: 2); // SHN_ABS
        byte[] real = Sym(st_name: 1, st_value: 3);

        Assert.Null(Find([import, file]));
        Assert.Equal(3ul, Find([import, file, real]));
    }

    [Fact]
    public void The_limit_holds_for_all_tables_together()
    {
        byte[] other = Sym(st_name: 6);
        byte[] wanted = Sym(st_name: 1, st_value: 9);
        Limits three = Limits.Default with { ElfSymbols = 3 };

        Assert.Equal(9ul, Find(three, [other, other], [wanted]));
        Assert.Null(Find(three, [other, other, other], [wanted]));
        Assert.Null(Find(three, [other, other, other, wanted], []));
    }

    [Fact]
    public void A_table_without_its_names_is_passed_over()
    {
        byte[] file = Join(
            Ehdr(e_shoff: 64, e_shnum: 2),
            Shdr(),
            Shdr(sh_type: 2, sh_offset: 192, sh_size: 24, sh_link: uint.MaxValue), // SHT_SYMTAB
            Sym(st_name: 1));

        Assert.False(Image(file).TryFindSymbol("name", out _));
    }

    [Fact]
    public void Only_what_moves_with_the_image_gets_the_load_bias()
    {
        const ulong Bias = 0x7f00_0000_0000;
        Assert.True(
            ElfImage.TryFromMemory(
                new LoadedCopy(Join(Ehdr(e_phoff: 64, e_phnum: 1), Phdr(p_filesz: 120, p_memsz: 120)), Bias),
                Bias,
                Limits.Default,
                out ElfImage? image,
                out string problem),
            problem);

        Assert.Equal(Bias + 0x40, image.AddressOf(new ElfSymbol(0, GlobalObject, 0, SectionIndex: 1, Value: 0x40, 0)));
        Assert.Equal(0x40ul, image.AddressOf(new ElfSymbol(0, GlobalObject, 0, SectionIndex: 0xfff1, Value: 0x40, 0))); // SHN_ABS
        Assert.Equal(0x40ul, image.AddressOf(new ElfSymbol(0, GlobalThreadLocal, 0, SectionIndex: 1, Value: 0x40, 0)));
    }

    private static ulong? Find(byte[][] symtab, byte[][]? second = null) => Find(Limits.Default, symtab, second ?? []);

    /// <summary>The value of "name" in a file of two symbol tables with common names.</summary>
    private static ulong? Find(Limits limits, byte[][] first, byte[][] second)
    {
        ulong firstAt = 64 + (4 * 64);
        ulong secondAt = firstAt + ((ulong)first.Length * 24);
        ulong namesAt = secondAt + ((ulong)second.Length * 24);
        byte[] file = Join(
        [
            Ehdr(e_shoff: 64, e_shnum: 4),
            Shdr(),
            Shdr(sh_type: 2, sh_offset: firstAt, sh_size: secondAt - firstAt, sh_link: 3), // SHT_SYMTAB
            Shdr(sh_type: 11, sh_offset: secondAt, sh_size: namesAt - secondAt, sh_link: 3), // SHT_DYNSYM
            Shdr(sh_type: 3, sh_offset: namesAt, sh_size: (ulong)Names.Length), // SHT_STRTAB
            .. first,
            .. second,
            Latin1(Names),
        ]);
        Assert.True(ElfImage.TryFromFile(new InMemoryFile(file), limits, out ElfImage? image, out string problem), problem);
        return image.TryFindSymbol("name", out ElfSymbol symbol) ? symbol.Value : null;
    }
}
