using System;
using System.Linq;
using PyStack.Engine.Memory;
using PyStack.Engine.Primitives;
using PyStack.Engine.Processors;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Targets.Core;

/// <summary>What a core claims costs no more than the core has.</summary>
public sealed class HostileCoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Segments_that_a_small_core_claims_need_no_memory()
    {
        // ELF gABI, e_phnum: PN_XNUM, so that sh_info of section 0 tells.
        string path = _folder.Write("core", ElfBytes.Join(
            ElfBytes.Ehdr(e_type: 4, e_phoff: 128, e_phnum: 0xffff, e_shoff: 64, e_shnum: 1), ElfBytes.Shdr(sh_info: 4_000_000), ElfBytes.Phdr()));
        long before = GC.GetAllocatedBytesForCurrentThread();

        EngineException error = Assert.Throws<EngineException>(
            () => CoreFile.Open(path, new CoreUnpacking(SilentLog.Instance, Limits.Default), Limits.Default, TestContext.Current.CancellationToken));

        Assert.Equal(EngineError.TruncatedCore, error.Error);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void No_more_mappings_are_kept_than_the_limit()
    {
        // NT_FILE (fs/binfmt_elf.c, fill_files_note): count, page size, three words for each, the names.
        byte[] files = ElfBytes.Join([ElfBytes.U64(3), ElfBytes.U64(4096), .. Enumerable.Range(1, 3).SelectMany(i => (byte[][])[ElfBytes.U64((ulong)i << 12), ElfBytes.U64((ulong)(i + 1) << 12), ElfBytes.U64(0)]), "/a\0/b\0/c\0"u8.ToArray()]);
        byte[] note = ElfBytes.Note("CORE\0", 0x4649_4c45, files);

        Assert.Equal(3, CoreNotes.Read(note, 4, Limits.Default).Mappings.Count);
        Assert.Equal(["/a", "/b"], CoreNotes.Read(note, 4, Limits.Default with { CoreMappings = 2 }).Mappings.Select(mapping => mapping.Path));
    }

    [Fact]
    public void Without_the_place_of_its_program_headers_a_core_has_no_files_at_any_address()
    {
        CoreNotes notes = CoreNotes.Read(default, 4, Limits.Default);
        CoreSearch search = new(Executable: Environment.ProcessPath);

        Assert.Empty(new CoreLinkMap(X64.Processor, notes, new CopiedBytes(0, []), search, SilentLog.Instance).Find());
    }
}
