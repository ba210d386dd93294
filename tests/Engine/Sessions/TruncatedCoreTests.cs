using System;
using System.Buffers.Binary;
using System.IO;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.Engine.Tests.Targets.Core;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A core that is not whole says so, and what is in it is used.</summary>
public sealed class TruncatedCoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_that_is_cut_anywhere_says_where_and_gives_what_is_there()
    {
        string folder = CoreFixture.Unpack(_folder);
        byte[] whole = File.ReadAllBytes(Path.Combine(folder, "core"));
        long expected = EndOf(whole);
        string path = Path.Combine(_folder.Path, "cut");
        (int from, int to) = CoreRewriter.ProgramHeaders(whole);
        (int notes, int notesEnd) = CoreRewriter.Notes(whole);
        int[] lengths = [1, 17, 63, 64, from + 1, from + 56, to - 1, to, notes, notes + 1, (notes + notesEnd) / 2, notesEnd, .. Enumerable.Range(1, 15).Select(i => (int)(expected * i / 16)), (int)expected - 1];
        int stacks = 0;
        foreach (int length in lengths)
        {
            File.WriteAllBytes(path, whole[..length]);
            RecordingLog log = new();
            PyThread[] threads = [];
            EngineException? error = Record.Exception(() => threads = Take(path, folder, log)) as EngineException;
            stacks += threads.Length > 0 ? 1 : 0;
            Assert.All(threads, thread => Assert.True(thread.Frames.Length > 0 || !thread.IsCoherent, $"{length}: {thread}"));
            if (length < to)
            {
                Assert.Contains($"this core is truncated at {length} of at least ", error?.Message ?? log.Warnings[0], StringComparison.Ordinal);
            }
            else if (error is null)
            {
                Assert.Contains($"{path}: this core is truncated at {length} of {expected} bytes.", log.Warnings);
            }
            else
            {
                Assert.True(error.Error == EngineError.TruncatedCore, $"{length}: {error}");
                Assert.Contains($"this core is truncated at {length} of ", error.Message, StringComparison.Ordinal);
                Assert.Contains("ulimit -c unlimited", error.RecommendedAction, StringComparison.Ordinal);
                Assert.DoesNotContain("in a moment", error.RecommendedAction, StringComparison.Ordinal);
            }
        }

        Assert.True(stacks > 0);
    }

    [Fact]
    public void Its_size_is_told_beside_the_size_that_it_should_have()
    {
        string folder = CoreFixture.Unpack(_folder);
        string core = Path.Combine(folder, "core");
        byte[] whole = File.ReadAllBytes(core);
        PyCore before = Describe(core, folder);
        File.WriteAllBytes(core, whole[..^5000]);
        PyCore after = Describe(core, folder);

        Assert.Equal((false, whole.Length, true), (before.IsTruncated, before.Size, before.HasPrivateMemory));
        Assert.Equal((true, whole.Length - 5000L, EndOf(whole)), (after.IsTruncated, after.Size, after.ExpectedSize));
        Assert.Equal(3, after.Threads);
    }

    /// <summary>As the kernel writes it with coredump_filter 0: the segments are announced, and none of the process's own has bytes.</summary>
    [Fact]
    public void One_without_private_memory_is_not_called_cut()
    {
        string folder = CoreFixture.Unpack(_folder);
        string core = Path.Combine(folder, "core");
        byte[] bytes = File.ReadAllBytes(core);
        (int from, int to) = CoreRewriter.ProgramHeaders(bytes);
        for (; from < to; from += 56)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(from)) == 1)
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(from + 32), 0); // p_filesz
            }
        }

        File.WriteAllBytes(core, bytes);
        RecordingLog log = new();

        EngineException error = Assert.Throws<EngineException>(() => Take(core, folder, log));

        Assert.Equal(EngineError.NoPythonStack, error.Error);
        Assert.Contains("without the process's private memory (coredump_filter)", error.Message, StringComparison.Ordinal);
        Assert.Contains("coredump_filter", error.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("in a moment", error.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains(log.Warnings, warning => warning.Contains("coredump_filter", StringComparison.Ordinal));
        PyCore told = Describe(core, folder);
        Assert.Equal((false, false), (told.IsTruncated, told.HasPrivateMemory));
    }

    [Theory]
    [InlineData("gzip", "-k", ".gz")]
    [InlineData("zstd", "-q", ".zst")]
    [InlineData("xz", "-k0", ".xz")]
    [InlineData("lz4", "-q", ".lz4")]
    public void A_packed_one_that_ends_early_says_so(string tool, string option, string ending)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(one => File.Exists(Path.Combine(one, tool))), $"{tool} is not here");
        string folder = CoreFixture.Unpack(_folder);
        string core = Path.Combine(folder, "core");
        long expected = EndOf(File.ReadAllBytes(core));
        Toolchain.Run(tool, tool == "lz4" ? [option, core, core + ending] : [option, core]);
        byte[] packed = File.ReadAllBytes(core + ending);
        int[] lengths = [.. ((double[])[0.9, 0.5, 0.1, 0.001]).Select(part => (int)(packed.Length * part)), packed.Length - 1, packed.Length - 4, 20, 3];
        foreach (int length in lengths)
        {
            File.WriteAllBytes(core + ending, packed[..length]);
            RecordingLog log = new();
            EngineException? error = Record.Exception(() => Take(core + ending, folder, log)) as EngineException;
            if (error is null)
            {
                string warning = Assert.Single(log.Warnings, warning => warning.Contains("compressed stream ends early", StringComparison.Ordinal));
                Assert.Contains(length >= packed.Length - 4 && !warning.Contains("truncated at", StringComparison.Ordinal) ? $"after {expected} bytes" : $"of {expected} bytes", warning, StringComparison.Ordinal);
                Assert.True(Describe(core + ending, folder).IsTruncated);
            }
            else
            {
                Assert.True(error.Error == EngineError.TruncatedCore, $"{length}: {error}");
                Assert.Contains("truncated at", error.Message, StringComparison.Ordinal);
                Assert.Matches("[Tt]he compressed stream .*ends early", error.Message);
                Assert.DoesNotContain("of 64 bytes", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void What_follows_the_stream_is_ignored_and_two_streams_are_one_core()
    {
        string folder = CoreFixture.Unpack(_folder);
        string core = Path.Combine(folder, "core");
        Toolchain.Run("bash", "-c", $"cd '{folder}'; gzip -k core; cp core.gz garbage.gz; head -c 100000 /dev/zero >> garbage.gz; (head -c 1000000 core | gzip; tail -c +1000001 core | gzip) > two.gz");
        foreach (string name in (string[])["garbage.gz", "two.gz"])
        {
            RecordingLog log = new();
            Assert.Equal(3, Take(Path.Combine(folder, name), folder, log).Length);
            Assert.Empty(log.Warnings);
        }

        _ = core;
    }

    [Theory]
    [InlineData("")]
    [InlineData("gzip")]
    public void An_empty_one_has_nothing_in_it(string tool)
    {
        string path = _folder.Write("core", []);
        if (tool.Length > 0)
        {
            Toolchain.Run(tool, path);
            path += ".gz";
        }

        EngineException error = Assert.Throws<EngineException>(() => Take(path, _folder.Path, new RecordingLog()));

        Assert.Equal(EngineError.TruncatedCore, error.Error);
        Assert.Contains("this core is truncated at 0 of ", error.Message, StringComparison.Ordinal);
    }

    // Where the last of the segments' bytes end: what the core's own headers announce.
    private static long EndOf(byte[] core)
    {
        (int from, int to) = CoreRewriter.ProgramHeaders(core);
        long end = 0;
        for (; from < to; from += 56)
        {
            end = Math.Max(end, BinaryPrimitives.ReadInt64LittleEndian(core.AsSpan(from + 8)) + BinaryPrimitives.ReadInt64LittleEndian(core.AsSpan(from + 32)));
        }

        return end;
    }

    private static PyCore Describe(string path, string folder)
        => CoreSummary.Describe(path, new CoreSearch(Root: Path.Combine(folder, "root")), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);

    private static PyThread[] Take(string path, string folder, RecordingLog log)
    {
        using StackSession session = StackSession.OpenCore(
            path, new CoreSearch(Root: Path.Combine(folder, "root")), Captures.Blocking with { Locals = new ValueOptions() }, log, TestContext.Current.CancellationToken);
        return session.Take();
    }
}
