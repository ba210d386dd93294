using System;
using System.IO;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Cores as they are kept: packed.</summary>
public sealed class PackedCoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gzip", "-k", ".gz")]
    [InlineData("zstd", "-q", ".zst")]
    [InlineData("xz", "-k0", ".xz")]
    [InlineData("lz4", "-q", ".lz4")]
    public void A_packed_core_is_read_as_it_was_and_leaves_nothing_behind(string tool, string option, string ending)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(one => File.Exists(Path.Combine(one, tool))), $"{tool} is not here");
        string folder = CoreFixture.Unpack(_folder);
        // As systemd names them.
        string core = Path.Combine(folder, "core.python3.0.4711.112.1700000000000000");
        File.Move(Path.Combine(folder, "core"), core);
        Toolchain.Run(tool, tool == "lz4" ? [option, core, core + ending] : [option, core]);
        string[] before = Leftovers();
        using (StackSession session = CoreFixture.Open(core + ending, folder))
        {
            Assert.Equal(CoreFixture.Expected, session.Take().Select(CoreFixture.Functions));
            AssertNothingIsLeft(before);
        }

        AssertNothingIsLeft(before);
    }

    [Fact]
    public void Of_a_packed_core_that_is_cut_off_what_is_there_is_read()
    {
        string folder = CoreFixture.Unpack(_folder);
        string path = Path.Combine(folder, "core.gz");
        Toolchain.Run("sh", "-c", $"gzip -k '{folder}/core' && truncate -s 60% '{path}' || truncate -s $(($(stat -c %s '{path}') * 6 / 10)) '{path}'");
        EngineException? error = Record.Exception(() => CoreFixture.TakeAll(path, folder)) as EngineException;
        Assert.True(error is null || error.Error is EngineError.TruncatedCore or EngineError.NoPythonStack or EngineError.InterpreterNotFound or EngineError.NotPython or EngineError.UnsupportedPython or EngineError.InvalidCore, error?.ToString());
    }

    [Fact]
    public void Without_room_a_packed_core_is_refused_with_the_way_out()
    {
        string folder = CoreFixture.Unpack(_folder);
        Toolchain.Run("gzip", "-k", Path.Combine(folder, "core"));
        string path = Path.Combine(folder, "core.gz");
        CoreUnpacking unpacking = new(SilentLog.Instance, Limits.Default) { FreeSpace = _ => 1 << 20 };

        EngineException error = Assert.Throws<EngineException>(() => CoreFile.Open(path, unpacking, Limits.Default, TestContext.Current.CancellationToken));

        Assert.Equal(EngineError.CannotRead, error.Error);
        Assert.Contains("1 MiB are free", error.Message, StringComparison.Ordinal);
        Assert.Contains("TMPDIR", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_core_may_not_unpack_to_more_than_the_limit()
    {
        string folder = CoreFixture.Unpack(_folder);
        Toolchain.Run("gzip", "-k", Path.Combine(folder, "core"));
        Limits limits = Limits.Default with { UnpackedCoreBytes = 1 << 20 };

        EngineException error = Assert.Throws<EngineException>(
            () => CoreFile.Open(Path.Combine(folder, "core.gz"), new CoreUnpacking(SilentLog.Instance, limits), limits, TestContext.Current.CancellationToken));

        Assert.Equal(EngineError.InvalidCore, error.Error);
    }

    // Cores of other tests come and go at the same time: those do not stay.
    private static void AssertNothingIsLeft(string[] before) => Wait.Until(() => !Leftovers().Except(before).Any(), "something is left behind");

    private static string[] Leftovers() => [.. Directory.GetDirectories(Path.GetTempPath(), "pystack-*").Where(folder => File.Exists(Path.Combine(folder, "core")))];
}
