using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using PyStack.Engine.Capture.NativeStacks;
using PyStack.Engine.Memory;
using PyStack.Engine.Native;
using PyStack.Engine.Primitives;
using PyStack.Engine.Symbols;
using PyStack.Engine.Targets;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions.NativeStacks;

/// <summary>Libraries whose debug information unpacks to far more than they have bytes.</summary>
public sealed class DebugBombTests : IDisposable
{
    private const long Zeros = 48L << 20;

    private static readonly Limits _small = Limits.Default with { BinaryBytes = 8L << 20, IdleBinaryBytes = 4L << 20 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("zlib")]
    [InlineData("zlib-gnu")]
    [InlineData("zstd")]
    public void Sections_are_unpacked_only_as_far_as_they_are_read(string format)
    {
        string library = Compile();
        Inflate(library, format, ".debug_info", ".debug_line", ".debug_str", ".debug_line_str", ".debug_abbrev", ".debug_aranges");
        BinaryCache cache = new(_small);
        RecordingLog log = new();

        List<SymbolizedFrame> frames = FindInnermost(cache, library, _small, log);

        Assert.Contains(frames, frame => frame is { Function: "descend", Line: > 0 });
        Assert.Empty(log.Warnings);
        Assert.InRange(cache.Bytes, 1, _small.IdleBinaryBytes);
    }

    [Fact]
    public void Symbols_packed_with_xz_are_unpacked_only_as_far_as_they_are_read()
    {
        string library = Compile();
        string mini = Path.Combine(_folder.Path, "mini");
        Toolchain.Run("objcopy", "--strip-debug", library, mini);
        using (FileStream file = File.OpenWrite(mini))
        {
            file.SetLength(file.Length + Zeros);
        }

        Toolchain.Run("xz", "-0", mini);
        ulong address = AddressOf(library, "descend");
        Toolchain.Run("objcopy", "--strip-all", $"--add-section=.gnu_debugdata={mini}.xz", library);
        BinaryCache cache = new(_small);
        RecordingLog log = new();

        Assert.Contains(Find(cache, library, address, _small, log), frame => frame.Function == "descend");
        Assert.Empty(log.Warnings);
        Assert.InRange(cache.Bytes, 1, _small.IdleBinaryBytes);
    }

    /// <summary>What has to be read is too much: the symbol's name is there, the line is not, and a warning says why.</summary>
    [Theory]
    [InlineData(48)]
    [InlineData(200)]
    public void Beyond_the_bound_a_frame_has_its_name_and_a_warning_says_why_it_has_no_line(int kibibytes)
    {
        string library = Compile();
        Inflate(library, "zlib", ".debug_info", ".debug_abbrev");
        Limits limits = _small with { BinaryBytes = (long)kibibytes << 10 };
        BinaryCache cache = new(limits);
        RecordingLog log = new();

        List<SymbolizedFrame> frames = FindInnermost(cache, library, limits, log);

        Assert.Contains(frames, frame => frame is { LinkageName: "descend", Line: 0 });
        Assert.Contains(log.Warnings, warning => warning.StartsWith(library, StringComparison.Ordinal) && warning.Contains("debug information", StringComparison.Ordinal));
        Assert.Equal(0, cache.Bytes);
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void All_binaries_together_stay_below_the_bound_and_give_their_memory_back()
    {
        string library = Compile();
        Inflate(library, "zlib", ".debug_info", ".debug_line", ".debug_str");
        string[] libraries = [.. Enumerable.Range(0, 12).Select(i => Path.Combine(_folder.Path, $"lib{i}.so"))];
        Array.ForEach(libraries, path => File.Copy(library, path));
        ulong address = AddressOf(library, "descend");
        Limits limits = _small with { BinaryBytes = 3L << 20, IdleBinaryBytes = 1L << 20 };
        BinaryCache cache = new(limits);
        RecordingLog log = new();
        List<BinaryLease> leases = [];
        foreach (string path in libraries)
        {
            BinaryLease lease = Lease(cache, path, limits, log);
            leases.Add(lease);
            lease.Binary.FindFunctions(address, []);
            Assert.InRange(cache.Bytes, 1, limits.BinaryBytes);
        }

        leases.ForEach(lease => lease.Dispose());

        Assert.InRange(cache.Bytes, 0, limits.IdleBinaryBytes);
        cache.Clear();
        Assert.Equal(0, cache.Bytes);
    }

    /// <summary>With an alternate file, which was opened when it was first asked for, by something that held the target and the log.</summary>
    [Fact]
    public void A_kept_binary_with_an_alternate_file_holds_no_target_and_no_log()
    {
        string fixture = Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "dwz");
        string library = Path.Combine(_folder.Path, "libnative.so");
        File.Copy(Path.Combine(fixture, "libnative.so"), library);
        File.Copy(Path.Combine(fixture, "common.debug"), Path.Combine(_folder.Path, "common.debug"));
        BinaryCache cache = new(Limits.Default);

        WeakReference[] references = Keep(cache, library, AddressOf(library, "descend"));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.Equal(1, cache.Count);
        Assert.All(references, reference => Assert.False(reference.IsAlive));
        cache.Clear();
        Assert.DoesNotContain(OpenFiles(), path => path.StartsWith(_folder.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void Two_hundred_targets_of_one_library_leave_no_more_files_open_than_one()
    {
        string library = Compile();
        ulong address = AddressOf(library, "descend");
        BinaryCache cache = new(Limits.Default);
        Find(cache, library, address, Limits.Default, new RecordingLog());
        int first = OpenFiles().Count(path => path.StartsWith(_folder.Path, StringComparison.Ordinal));
        for (int i = 0; i < 200; i++)
        {
            Find(cache, library, address, Limits.Default, new RecordingLog());
        }

        Assert.Equal(first, OpenFiles().Count(path => path.StartsWith(_folder.Path, StringComparison.Ordinal)));
        cache.Clear();
        Assert.DoesNotContain(OpenFiles(), path => path.StartsWith(_folder.Path, StringComparison.Ordinal));
    }

    /// <summary>The functions, inlined ones included, at all addresses of one of a library's functions.</summary>
    public static string[] FunctionsOf(string library, string function)
    {
        BinaryCache cache = new(Limits.Default);
        ulong start = AddressOf(library, function);
        string[] functions = [.. Enumerable.Range(0, 32).SelectMany(i => Find(cache, library, start + (ulong)i, Limits.Default, new RecordingLog())).Select(frame => frame.Function ?? "").Distinct()];
        cache.Clear();
        return functions;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference[] Keep(BinaryCache cache, string library, ulong address)
    {
        OneFile target = new(library);
        RecordingLog log = new();
        using BinaryLease lease = Lease(cache, target, library, Limits.Default, log);
        List<SymbolizedFrame> frames = [];
        lease.Binary.FindFunctions(address, frames);
        Assert.Contains(frames, frame => frame is { Function: "descend", Line: > 0 });
        return [new(target), new(log)];
    }

    private static List<SymbolizedFrame> FindInnermost(BinaryCache cache, string library, Limits limits, RecordingLog log)
        => Find(cache, library, AddressOf(library, "descend"), limits, log);

    // As a capture does it: what is missing is said when the binary is given back.
    private static List<SymbolizedFrame> Find(BinaryCache cache, string library, ulong address, Limits limits, RecordingLog log)
    {
        List<SymbolizedFrame> frames = [];
        MemoryRegion region = Region(library);
        OneFile target = new(library) { Map = new MemoryMap([region]), Modules = [ModuleOf(region)] };
        Assert.True(MappedFile.TryOpen(library, out MappedFile? file, out string problem), problem);
        using (file)
        {
            using CodeMap code = new(target, new CopiedBytes(region.Range.Start, Bytes(file)), limits, log, cache);
            Assert.True(code.TryFindBinary(region.Range.Start, out NativeBinary? binary, out _, out _));
            binary!.FindFunctions(address, frames);
        }

        return frames;
    }

    private static byte[] Bytes(MappedFile file)
    {
        byte[] start = new byte[4096];
        _ = file.Read(0, start);
        return start;
    }

    private static BinaryLease Lease(BinaryCache cache, string library, Limits limits, RecordingLog log) => Lease(cache, new OneFile(library), library, limits, log);

    private static BinaryLease Lease(BinaryCache cache, OneFile target, string library, Limits limits, RecordingLog log)
    {
        using OpenImage image = new(library);
        BinaryLease? lease = cache.Find(target, ModuleOf(Region(library)), image.Image, limits, log);
        Assert.NotNull(lease);
        return lease;
    }

    // Each path is a file of its own, with an inode of its own, as in maps.
    private static MemoryRegion Region(string path)
    {
        Assert.True(FileCalls.TryGetStatus(path, out FileCalls.FileStatus status));
        return new MemoryRegion(
            new AddressRange(0x10000, 0x20000), RegionAccess.Read | RegionAccess.Execute, 0, new FileKey(status.DeviceMajor, status.DeviceMinor, status.Inode), path, IsDeleted: false);
    }

    private static Module ModuleOf(MemoryRegion region) => new(region.Path, region.File, IsDeleted: false, [region]);

    private static IEnumerable<string> OpenFiles() => Directory.GetFiles("/proc/self/fd").Select(path => new FileInfo(path).LinkTarget ?? "");

    private string Compile()
        => Toolchain.Compile(
            _folder.Path, "libnative.so", File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-O2", "-g", "-pthread", "-Wl,--build-id");

    private static ulong AddressOf(string library, string function)
    {
        string line = Toolchain.Run("nm", library).Split('\n').Single(line => line.EndsWith($" {function}", StringComparison.Ordinal));
        return ulong.Parse(line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    // Puts zeros behind the sections and packs them.
    private void Inflate(string library, string format, params string[] sections)
    {
        string bytes = Path.Combine(_folder.Path, "section");
        foreach (string section in sections)
        {
            Toolchain.Run("objcopy", "-O", "binary", $"--only-section={section}", "--set-section-flags", $"{section}=alloc", library, bytes);
            using (FileStream file = File.OpenWrite(bytes))
            {
                file.SetLength(file.Length + Zeros);
            }

            Toolchain.Run("objcopy", $"--update-section={section}={bytes}", library);
        }

        File.Delete(bytes);
        Toolchain.Run("objcopy", $"--compress-debug-sections={format}", library);
        Debug.Assert(new FileInfo(library).Length < Zeros);
    }
}
