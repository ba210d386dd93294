using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Native;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>A file is opened once, however many captures come by it.</summary>
public sealed class BinaryCacheTests : IDisposable
{
    private static readonly byte[] Library = ElfBytes.Join(ElfBytes.Ehdr(e_phoff: 64, e_phnum: 1), ElfBytes.Phdr(p_filesz: 120, p_memsz: 120));

    private static readonly Limits _limits = Limits.Default with { Binaries = 8 };

    private readonly TemporaryFolder _folder = new();
    private readonly BinaryCache _cache = new(_limits);

    public void Dispose()
    {
        _cache.Clear();
        _folder.Dispose();
    }

    [Fact]
    public void A_library_without_a_build_id_is_kept_by_its_file()
    {
        string path = _folder.Write("library.so", Library);

        using BinaryLease? first = Find(path);
        using BinaryLease? second = Find(path);

        Assert.NotNull(first);
        Assert.Same(first.Binary, second?.Binary);
        Assert.Equal(1, OpenFiles.CountOf(path));
    }

    [Fact]
    public void A_library_that_was_written_anew_is_another_one()
    {
        string path = _folder.Write("library.so", Library);
        using BinaryLease? first = Find(path);
        File.Delete(path);
        _folder.Write("library.so", [.. Library, 0]);
        using BinaryLease? second = Find(path);

        Assert.NotSame(first?.Binary, second?.Binary);
    }

    [Fact]
    public void A_file_that_is_no_library_is_closed_again()
    {
        string path = _folder.Write("no library", "This is text."u8);

        Assert.Null(Find(path));
        Assert.Equal(0, OpenFiles.CountOf(path));
    }

    private BinaryLease? Find(string path, IEngineLog? log = null)
    {
        MemoryRegion region = new(new AddressRange(0x1000, 0x2000), RegionAccess.Read | RegionAccess.Execute, 0, new FileKey(1, 1, 1), path, IsDeleted: false);
        return _cache.Find(new OneFile(path), new Module(path, region.File, IsDeleted: false, [region]), ElfBytes.Image(Library), _limits, log ?? SilentLog.Instance);
    }

    [Fact]
    public void The_least_recently_used_is_forgotten_and_its_file_closed()
    {
        string[] paths = [.. Enumerable.Range(0, 10).Select(i => _folder.Write($"library{i}.so", [.. Library, .. new byte[i]]))];
        for (int i = 0; i < 8; i++)
        {
            Find(paths[i])!.Dispose();
        }

        Find(paths[0])!.Dispose();
        Find(paths[8])!.Dispose();
        Find(paths[9])!.Dispose();

        Assert.Equal(8, _cache.Count);
        Assert.Equal([1, 0, 0, 1, 1, 1, 1, 1, 1, 1], paths.Select(OpenFiles.CountOf));
    }

    [Fact]
    public void What_is_in_use_is_not_forgotten_and_no_more_is_opened_than_there_is_room_for()
    {
        string[] paths = [.. Enumerable.Range(0, 9).Select(i => _folder.Write($"library{i}.so", [.. Library, .. new byte[i]]))];
        BinaryLease[] leases = [.. paths.Take(8).Select(path => Find(path)!)];

        Assert.Null(Find(paths[8]));
        _cache.Clear();
        Assert.All(paths.Take(8), path => Assert.Equal(1, OpenFiles.CountOf(path)));

        Assert.All(leases, lease => lease.Dispose());
        using BinaryLease? last = Find(paths[8]);
        Assert.NotNull(last);
    }

    [Fact]
    public void Forgotten_in_use_it_is_closed_by_the_last_that_uses_it()
    {
        string path = _folder.Write("library.so", Library);
        BinaryLease first = Find(path)!;
        BinaryLease second = Find(path)!;
        _cache.Clear();
        first.Dispose();
        first.Dispose();

        Assert.Equal(1, OpenFiles.CountOf(path));
        second.Dispose();
        _cache.Clear();
        Assert.Equal(0, OpenFiles.CountOf(path));
        Assert.Equal(0, _cache.Count);
        Assert.Equal(0, _cache.Bytes);
    }

    [Fact]
    public void Captures_side_by_side_never_see_a_binary_that_is_closed()
    {
        string[] paths = [.. Enumerable.Range(0, 12).Select(i => _folder.Write($"library{i}.so", [.. Library, .. new byte[i]]))];
        int found = 0;
        Parallel.For(0, 4000, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            using BinaryLease? lease = Find(paths[i * 7 % paths.Length]);
            if (lease is not null)
            {
                Assert.True(lease.Binary.IsOpen);
                Interlocked.Increment(ref found);
            }
        });

        Assert.True(found > 0);
        _cache.Clear();
        Assert.Equal(0, _cache.Count);
        Assert.All(paths, path => Assert.Equal(0, OpenFiles.CountOf(path)));
    }

    [Fact]
    public void Nothing_that_is_kept_holds_a_target_or_a_log()
    {
        WeakReference[] references = Keep(_folder.Write("library.so", Library));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(1, _cache.Count);
        Assert.All(references, reference => Assert.False(reference.IsAlive));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private WeakReference[] Keep(string path)
    {
        MemoryRegion region = new(new AddressRange(0x1000, 0x2000), RegionAccess.Read | RegionAccess.Execute, 0, new FileKey(1, 1, 1), path, IsDeleted: false);
        OneFile target = new(path);
        RecordingLog log = new();
        _cache.Find(target, new Module(path, region.File, IsDeleted: false, [region]), ElfBytes.Image(Library), _limits, log)!.Dispose();
        return [new(target), new(log)];
    }
}
