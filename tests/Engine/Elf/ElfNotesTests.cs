using System;
using System.Text.RegularExpressions;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using Xunit;
using static PyStack.Engine.Tests.Elf.ElfBytes;

namespace PyStack.Engine.Tests.Elf;

public sealed class ElfNotesTests : FolderTest
{
    [Fact]
    public void Notes_are_read_one_after_the_other()
    {
        byte[] bytes =
        [
            4, 0, 0, 0, // n_namesz
            5, 0, 0, 0, // n_descsz
            1, 0, 0, 0, // n_type
            (byte)'G', (byte)'N', (byte)'U', 0,
            1, 2, 3, 4, 5, 0, 0, 0, // padded to 4
            5, 0, 0, 0,
            0, 0, 0, 0,
            9, 0, 0, 0,
            (byte)'C', (byte)'O', (byte)'R', (byte)'E', 0, 0, 0, 0,
            0, 0, 0, 0, // a note without name and description
            0, 0, 0, 0,
            2, 0, 0, 0,
        ];
        ElfNoteReader notes = new(bytes, alignment: 4);

        Assert.True(notes.TryReadNext(out ElfNote first));
        Assert.True(notes.TryReadNext(out ElfNote second));
        Assert.True(notes.TryReadNext(out ElfNote third));
        Assert.False(notes.TryReadNext(out _));

        Assert.True(first.Type == 1 && first.Name.SequenceEqual("GNU"u8) && first.Description.SequenceEqual(new byte[] { 1, 2, 3, 4, 5 }));
        Assert.True(second.Type == 9 && second.Name.SequenceEqual("CORE"u8) && second.Description.IsEmpty);
        Assert.True(third.Type == 2 && third.Name.IsEmpty && third.Description.IsEmpty);
    }

    [Fact]
    public void Notes_of_an_8_byte_segment_are_padded_to_8()
    {
        // As .note.gnu.property is: 12 bytes of description end on a multiple of 4 only.
        byte[] bytes = Join(
            U32(4), U32(12), U32(5), Latin1("GNU\0"), new byte[12], new byte[4],
            U32(4), U32(1), U32(6), Latin1("GNU\0"), [42]);
        ElfNoteReader notes = new(bytes, alignment: 8);

        Assert.True(notes.TryReadNext(out ElfNote first));
        Assert.True(notes.TryReadNext(out ElfNote second));
        Assert.False(notes.TryReadNext(out _));
        Assert.Equal((5u, 12), (first.Type, first.Description.Length));
        Assert.Equal((6u, 42), (second.Type, second.Description[0]));
    }

    [Fact]
    public void A_note_that_does_not_fit_ends_the_notes()
    {
        foreach ((uint name, uint description) in new[] { (uint.MaxValue, 0u), (4u, uint.MaxValue), (4u, 5u), (9u, 0u) })
        {
            ElfNoteReader notes = new(Join(U32(name), U32(description), U32(1), Latin1("GNU\0"), new byte[4]), alignment: 4);
            Assert.False(notes.TryReadNext(out _));
        }

        ElfNoteReader cut = new(new byte[11], alignment: 4);
        Assert.False(cut.TryReadNext(out _));
    }

    [Fact]
    public void The_build_id_is_found_behind_other_notes_of_a_segment_or_a_section()
    {
        byte[] notes = Join(Note("GNU\0", 1, 1, 2, 3, 4), Note("Go\0", 3, 66), Note("GNU\0", 3, 0xde, 0xad, 0xbe, 0xef, 0x01));
        ElfImage bySegment = Image(
            Ehdr(e_phoff: 64, e_phnum: 1), Phdr(p_type: 4, p_offset: 120, p_filesz: (ulong)notes.Length, p_align: 4), notes);
        ElfImage bySection = Image(
            Ehdr(e_shoff: 64, e_shnum: 1), Shdr(sh_type: 7, sh_offset: 128, sh_size: (ulong)notes.Length, sh_addralign: 4), notes);

        Assert.True(bySegment.TryGetBuildId(out string? first));
        Assert.True(bySection.TryGetBuildId(out string? second));
        Assert.Equal(("deadbeef01", "deadbeef01"), (first, second));
    }

    [Fact]
    public void A_build_id_that_is_none_is_not_found()
    {
        byte[] empty = Note("GNU\0", 3);
        byte[] endless = Note("GNU\0", 3, new byte[257]);
        foreach (byte[] notes in new[] { empty, endless })
        {
            ElfImage image = Image(
                Ehdr(e_phoff: 64, e_phnum: 1), Phdr(p_type: 4, p_offset: 120, p_filesz: (ulong)notes.Length, p_align: 4), notes);
            Assert.False(image.TryGetBuildId(out string? buildId));
            Assert.Null(buildId);
        }
    }

    [Fact]
    public void Notes_beyond_the_limit_are_not_looked_at()
    {
        byte[] notes = Note("GNU\0", 3, 1, 2, 3, 4);
        ulong size = (ulong)notes.Length;
        byte[] segments = Join(
            Ehdr(e_phoff: 64, e_phnum: 2),
            Phdr(p_type: 4, p_filesz: 64),
            Phdr(p_type: 4, p_offset: 176, p_filesz: size),
            notes);
        byte[] sections = Join(
            Ehdr(e_shoff: 64, e_shnum: 2), Shdr(sh_type: 7, sh_size: 64), Shdr(sh_type: 7, sh_offset: 192, sh_size: size), notes);
        foreach (byte[] file in new[] { segments, sections })
        {
            foreach (int limit in new[] { 64 + notes.Length, 64 + notes.Length - 1 })
            {
                Limits limits = Limits.Default with { ElfNoteBytes = limit };
                Assert.True(ElfImage.TryFromFile(new InMemoryFile(file), limits, out ElfImage? image, out string problem), problem);
                Assert.Equal(limit == 64 + notes.Length, image.TryGetBuildId(out _));
            }
        }
    }

    [Theory]
    [InlineData("-Wl,--build-id=sha1")]
    [InlineData("-Wl,--build-id=md5")]
    [InlineData("-Wl,--build-id=0x01234567")]
    public void A_build_id_of_any_length_is_what_readelf_prints(string option)
    {
        string path = Toolchain.Compile(Folder, "lib.so", Toolchain.Library, "-shared", "-fPIC", "-g", "-fcf-protection=none", option);
        Toolchain.Run("objcopy", "--only-keep-debug", path, path + ".debug");

        Assert.Equal(ReadelfBuildId(path), BuildIdOf(path));
        Assert.Equal(ReadelfBuildId(path), BuildIdOf(path + ".debug"));
    }

    [Theory]
    [MemberData(nameof(Toolchain.RealFiles), MemberType = typeof(Toolchain))]
    public void Real_build_ids_are_what_readelf_prints(string path) => Assert.Equal(ReadelfBuildId(path), BuildIdOf(path));

    private static string? ReadelfBuildId(string path)
        => Regex.Match(Toolchain.Run("readelf", "-nW", path), "Build ID: ([0-9a-f]+)") is { Success: true } match
            ? match.Groups[1].Value
            : null;

    private static string? BuildIdOf(string path)
    {
        using OpenImage opened = new(path);
        opened.Image.TryGetBuildId(out string? buildId);
        return buildId;
    }
}
