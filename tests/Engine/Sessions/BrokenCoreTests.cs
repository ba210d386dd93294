using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Targets.Core;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Whatever a core holds and lacks, it gives stacks or an error that is known, and costs no more than it must.</summary>
public sealed class BrokenCoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>PN_XNUM: the real number of segments then stands in the first section.</summary>
    [Fact]
    public void Seventy_thousand_segments_are_read()
    {
        string folder = CoreFixture.Unpack(_folder);
        CoreRewriter.AddSegments(Path.Combine(folder, "core"), 70_000, holeBytes: 0);
        using StackSession session = CoreFixture.Open(Path.Combine(folder, "core"), folder);
        Assert.Equal(CoreFixture.Expected, session.Take().Select(CoreFixture.Functions));
    }

    [Fact]
    public void Forty_gigabytes_of_holes_cost_nothing()
    {
        string folder = CoreFixture.Unpack(_folder);
        CoreRewriter.AddSegments(Path.Combine(folder, "core"), 1, holeBytes: 40L << 30);
        long before = GC.GetAllocatedBytesForCurrentThread();
        using StackSession session = CoreFixture.Open(Path.Combine(folder, "core"), folder);
        Assert.Equal(CoreFixture.Expected, session.Take().Select(CoreFixture.Functions));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80L << 20);
    }

    /// <summary>Headers, program headers and notes, byte by byte.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Broken_cores_end_in_stacks_or_a_known_error(int seed)
    {
        int cores = TestMatrix.Count(gate: 100, whole: 500);
        string folder = CoreFixture.Unpack(_folder);
        string core = Path.Combine(folder, "core");
        byte[] whole = File.ReadAllBytes(core);
        (int from, int to)[] places = [(0, 64), CoreRewriter.ProgramHeaders(whole), CoreRewriter.Notes(whole), CoreRewriter.Notes(whole), (0, whole.Length)];
        ulong[] values = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, ulong.MaxValue, 0x1000, (ulong)whole.Length];
        Random random = new(seed);
        int good = 0;
        for (int i = 0; i < cores; i++)
        {
            byte[] broken = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                (int from, int to) = places[random.Next(places.Length)];
                int at = random.Next(from, to - 8);
                if (random.Next(2) == 0)
                {
                    broken[at] = (byte)random.Next(256);
                }
                else
                {
                    BitConverter.TryWriteBytes(broken.AsSpan(at & ~3, 8), values[random.Next(values.Length)]);
                }
            }

            File.WriteAllBytes(core, broken);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Exception? error = Record.Exception(() => good += CoreFixture.TakeAll(core, folder).Length > 0 ? 1 : 0);
            Assert.True(error is null or EngineException, $"{i}: {error}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 400 << 20, $"{i}: {(GC.GetAllocatedBytesForCurrentThread() - before) >> 20} MiB");
        }

        Assert.InRange(good, cores / 5, cores);
    }

    [Fact]
    public void A_core_that_is_cut_anywhere_gives_what_is_there_or_says_that_it_is_broken()
    {
        string folder = CoreFixture.Unpack(_folder);
        byte[] whole = File.ReadAllBytes(Path.Combine(folder, "core"));
        string path = Path.Combine(_folder.Path, "cut");
        for (int part = 0; part < 64; part++)
        {
            File.WriteAllBytes(path, whole[..(int)((long)whole.Length * part / 64)]);
            EngineException? error = Record.Exception(() => CoreFixture.TakeAll(path, folder)) as EngineException;
            Assert.True(error is null || error.Error is EngineError.InvalidCore or EngineError.TruncatedCore or EngineError.NoPythonStack or EngineError.InterpreterNotFound or EngineError.NotPython or EngineError.UnsupportedPython, $"{part}: {error?.Error}");
        }
    }

    [Theory]
    [InlineData("no such file", null, EngineError.CoreNotFound)]
    [InlineData("empty", "", EngineError.TruncatedCore)]
    [InlineData("text", "This is no core.\n", EngineError.InvalidCore)]
    public void What_is_no_core_is_refused(string name, string? content, object expected)
    {
        string path = Path.Combine(_folder.Path, name);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        Assert.Equal(expected, Assert.Throws<EngineException>(() => CoreFixture.TakeAll(path, _folder.Path)).Error);
    }

    [Theory]
    [InlineData("notes.txt", "just text\nof two lines é\n", "a text file", "Where the kernel writes cores")]
    [InlineData("job", "#!/usr/bin/python3\nprint()\n", "a script", "-Executable {0}. While the script runs")]
    [InlineData("_usr_bin_app.crash", "ProblemType: Crash\nCoreDump: base64\n", "a crash report of apport", "`apport-unpack {0} FOLDER`")]
    [InlineData("cores.zip", "PK\u0003\u0004rest", "a zip archive", "Unpack it and give the core that is in it")]
    [InlineData("core.bz2", "BZh91AY", "a file packed by bzip2", "Unpack it and give the core that is in it")]
    [InlineData("data", "\u0001\u0002\u0003\u0004", "a file of unknown content", "Give a core file: ")]
    public void A_file_that_is_no_core_is_named_and_gets_advice_that_fits(string name, string content, string what, string advice)
    {
        string path = _folder.Write(name, System.Text.Encoding.UTF8.GetBytes(content));
        Refuse(path, $"{path} is {what}, not a core file.", advice);

        // Packed, it is still what it is.
        using (var file = new System.IO.Compression.GZipStream(File.Create(path + ".gz"), System.IO.Compression.CompressionLevel.Fastest))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(content));
        }

        Refuse(path + ".gz", $"{path}.gz, unpacked, is {what}, not a core file.", advice);
    }

    [Fact]
    public void Programs_folders_and_broken_files_in_place_of_a_core_get_advice_that_fits()
    {
        string program = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)!.FullName;
        Refuse(program, $"{program} is a program or a shared library, not a core file.", "-Executable {0}.");
        string tar = Path.Combine(_folder.Path, "cores.tar");
        Toolchain.Run("tar", "cf", tar, "-C", "/proc/self", "comm");
        Refuse(tar, $"{tar} is a tar archive, not a core file.", "Unpack it");
        string empty = _folder.Write("core.empty", []);
        Refuse(empty, $"{empty}: this core is truncated at 0 of at least 64 bytes. The file is empty.", "Have the core written completely");
        string garbage = _folder.Write("core.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, .. Enumerable.Repeat((byte)0xff, 100)]);
        Refuse(garbage, $"{garbage} cannot be unpacked (gzip): its compressed data is corrupt.", "Copy the core again");
        byte[] narrow = File.ReadAllBytes(program)[..4096];
        narrow[4] = 1; // EI_CLASS = ELFCLASS32 (elf.h)
        Refuse(_folder.Write("core.32", narrow), $"{_folder.Path}/core.32 is a 32-bit ELF file.", "Give a core of a 64-bit Linux process");
    }

    private void Refuse(string path, string message, string advice)
    {
        EngineException error = Assert.Throws<EngineException>(() => CoreFixture.TakeAll(path, _folder.Path));
        Assert.Equal(message, error.Message);
        Assert.Contains(advice.Replace("{0}", path, StringComparison.Ordinal), error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_is_no_core()
        => Assert.Contains("not a core", Assert.Throws<EngineException>(() => CoreFixture.TakeAll(typeof(object).Assembly.Location.Replace("System.Private.CoreLib.dll", "libSystem.Native.so", StringComparison.Ordinal), "/")).Message, StringComparison.Ordinal);
}
