using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Targets.Core;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Cores of machines whose pages have 64 KiB, read on one whose pages are smaller.</summary>
public sealed class LargePageCoreTests : IDisposable
{
    private const ulong Page = 0x1_0000;

    // elf.h: NT_AUXV, NT_FILE, AT_PAGESZ
    private const uint Auxiliary = 6;
    private const uint Files = 0x4649_4c45;
    private const ulong PageSize = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_stacks_are_those_of_a_core_with_small_pages()
    {
        string folder = CoreFixture.Unpack(_folder);
        string core = Path.Combine(folder, "core");
        byte[] bytes = File.ReadAllBytes(core);
        Assert.True(MakeLarge(bytes) > 10, "nothing was rewritten");
        File.WriteAllBytes(core, bytes);

        PyThread[] threads = CoreFixture.TakeAll(core, folder);

        Assert.Equal(CoreFixture.Expected, threads.Select(CoreFixture.Functions));
        Assert.All(threads, thread => Assert.True(thread.IsMerged));
    }

    /// <summary>A linker may leave the headers out of the first segment, which then begins anywhere in the file's first page.</summary>
    [Fact]
    public void A_first_segment_that_begins_beyond_our_own_first_page_tells_where_the_image_is()
    {
        const ulong Base = 0xffff_9000_0000;
        byte[] image = ElfBytes.Join(
            ElfBytes.Ehdr(e_machine: 183, e_phoff: 64, e_phnum: 2),
            ElfBytes.Phdr(p_offset: 0x8000, p_vaddr: 0x1_8000, p_filesz: 0x1000, p_memsz: 0x1000, p_align: Page),
            ElfBytes.Phdr(p_offset: 0x2_0000, p_vaddr: 0x4_0000, p_filesz: 0x1000, p_memsz: 0x1000, p_align: Page));

        Assert.True(ElfImage.TryFromMemory(new CopiedBytes(Base, image), Base, Limits.Default, out ElfImage? loaded, out string problem), problem);
        Assert.Equal(unchecked(Base - 0x1_0000), loaded.LoadBias);
    }

    // The notes as a kernel with such pages writes them: mappings begin and end with pages, and offsets count pages. The fixture's files are linked for either.
    private static int MakeLarge(byte[] core)
    {
        (int position, int end) = CoreRewriter.Notes(core);
        int rewritten = 0;
        while (position + 12 <= end)
        {
            int name = BinaryPrimitives.ReadInt32LittleEndian(core.AsSpan(position));
            int size = BinaryPrimitives.ReadInt32LittleEndian(core.AsSpan(position + 4));
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(core.AsSpan(position + 8));
            Span<byte> description = core.AsSpan(position + 12 + ((name + 3) & ~3), size);
            rewritten += type == Auxiliary ? RewriteAuxiliary(description) : type == Files ? RewriteFiles(description) : 0;
            position += 12 + ((name + 3) & ~3) + ((size + 3) & ~3);
        }

        return rewritten;
    }

    private static int RewriteAuxiliary(Span<byte> note)
    {
        int rewritten = 0;
        for (; note.Length >= 16; note = note[16..])
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(note) == PageSize)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(note[8..], Page);
                rewritten++;
            }
        }

        return rewritten;
    }

    private static int RewriteFiles(Span<byte> note)
    {
        int count = (int)BinaryPrimitives.ReadUInt64LittleEndian(note);
        ulong page = BinaryPrimitives.ReadUInt64LittleEndian(note[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(note[8..], Page);
        for (int i = 0; i < count; i++)
        {
            Span<byte> row = note.Slice(16 + (i * 24), 24);
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(row);
            ulong end = BinaryPrimitives.ReadUInt64LittleEndian(row[8..]);
            ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(row[16..]) * page;
            ulong ahead = start % Page;
            Assert.True(offset % Page == ahead, "this file is not linked for large pages");
            BinaryPrimitives.WriteUInt64LittleEndian(row, start - ahead);
            BinaryPrimitives.WriteUInt64LittleEndian(row[8..], (end + Page - 1) & ~(Page - 1));
            BinaryPrimitives.WriteUInt64LittleEndian(row[16..], (offset - ahead) / Page);
        }

        return count;
    }
}
