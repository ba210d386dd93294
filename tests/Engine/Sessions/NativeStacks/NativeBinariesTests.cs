using System;
using System.Collections.Generic;
using System.IO;
using PyStack.Engine.Elf;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions.NativeStacks;
using PyStack.Engine.Targets;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Native;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>A file is opened once, however many captures come by it.</summary>
public sealed class NativeBinariesTests : IDisposable
{
    private static readonly byte[] Library = ElfBytes.Join(ElfBytes.Ehdr(e_phoff: 64, e_phnum: 1), ElfBytes.Phdr(p_filesz: 120, p_memsz: 120));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_library_without_a_build_id_is_kept_by_its_file()
    {
        string path = _folder.Write("library.so", Library);

        NativeBinary? first = Find(path);
        NativeBinary? second = Find(path);

        Assert.NotNull(first);
        Assert.Same(first, second);
        Assert.Equal(1, OpenFilesOf(path));
    }

    [Fact]
    public void A_library_that_was_written_anew_is_another_one()
    {
        string path = _folder.Write("library.so", Library);
        NativeBinary? first = Find(path);
        File.Delete(path);
        _folder.Write("library.so", [.. Library, 0]);

        Assert.NotSame(first, Find(path));
    }

    [Fact]
    public void A_file_that_is_no_library_is_closed_again()
    {
        string path = _folder.Write("no library", "This is text."u8);

        Assert.Null(Find(path));
        Assert.Equal(0, OpenFilesOf(path));
    }

    private static NativeBinary? Find(string path)
    {
        MemoryRegion region = new(new AddressRange(0x1000, 0x2000), RegionAccess.Read | RegionAccess.Execute, 0, new FileKey(1, 1, 1), path, IsDeleted: false);
        return NativeBinaries.Find(new OneFile(path), new Module(path, region.File, IsDeleted: false, [region]), ElfBytes.Image(Library), Limits.Default, SilentLog.Instance);
    }

    private static int OpenFilesOf(string path) => OpenFiles.CountOf(path);

    /// <summary>A target of which only the file of its one module is asked for.</summary>
    private sealed class OneFile(string path) : ITarget
    {
        public int ProcessId => 0;

        public bool HasMainThread => true;

        public string? Name => null;

        public ElfMachine Machine => ElfMachine.X64;

        public IMemorySource Memory => throw new NotSupportedException();

        public MemoryMap Map { get; } = new([]);

        public IReadOnlyList<Module> Modules => [];

        public Module? Executable => null;

        public IThreadDirectory ListThreads() => throw new NotSupportedException();

        public bool TryOpen(Module module, out MappedFile file)
        {
            bool isOpen = MappedFile.TryOpen(path, out MappedFile? opened, out _);
            file = opened!;
            return isOpen;
        }

        public bool TryOpenFile(string path, out MappedFile file)
        {
            file = null!;
            return false;
        }

        public bool TryReadSource(string path, long mostBytes, out SourceFile source, out string problem)
        {
            source = null!;
            problem = "";
            return false;
        }

        public void Dispose()
        {
        }
    }
}
