using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The files that a core needs are found, or it is said which are missing.</summary>
public sealed class CoreFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The expected stacks stand at the head of three_threads.py.</summary>
    [Fact]
    public void Of_another_processor_with_the_files_of_its_own_root()
    {
        string folder = CoreFixture.Unpack(_folder);
        using StackSession session = StackSession.OpenCore(
            Path.Combine(folder, "core"), new CoreSearch(Root: Path.Combine(folder, "root")),
            Captures.Blocking with { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);

        PyThread[] threads = session.Take();

        Assert.Equal(CoreFixture.Expected, threads.Select(CoreFixture.Functions));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, string.Join(' ', thread.Warnings)));
        PyFrame inner = threads[0].Frames.Last(frame => frame.Function == "inner");
        Assert.Equal(("12345678901234567890", "2.5", "'w'"), (inner.Locals!["local_int"], inner.Locals["local_float"], inner.Arguments!["y"]));
        PyFrame sleeper = threads[1].Frames.Last(frame => frame.Function == "sleeper_deep");
        Assert.Equal(("0", "'grüße-0'", "[1, 2, {'k': 0}]"), (sleeper.Arguments!["n"], sleeper.Locals!["local_text"], sleeper.Locals["local_list"]));
    }

    [Fact]
    public void Without_its_files_a_core_says_which_are_missing_and_what_would_help()
    {
        string folder = CoreFixture.Unpack(_folder);
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        EngineException error = Assert.Throws<EngineException>(
            () => StackSession.OpenCore(Path.Combine(folder, "core"), new CoreSearch(Root: Path.Combine(folder, "empty")), Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken));
        Assert.Equal(EngineError.ExecutableNotFound, error.Error);
        Assert.Contains("Failed to locate /usr/bin/python3.11", error.Message, StringComparison.Ordinal);
        Assert.Contains("-Executable", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_library_is_one_warning_with_both_build_ids()
    {
        string folder = CoreFixture.Unpack(_folder);
        string libc = Directory.GetFiles(Path.Combine(folder, "root"), "libc.so.6", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(libc);

        // .note.gnu.build-id: name size 4, description size 20, type 3, "GNU".
        int note = bytes.AsSpan().IndexOf("\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"u8) + 16;
        string right = Convert.ToHexStringLower(bytes.AsSpan(note, 20));
        bytes.AsSpan(note, 20).Fill(0xab);
        File.WriteAllBytes(libc, bytes);
        WarningLog log = new();
        CoreSearch search = new(Root: Path.Combine(folder, "root"));

        // Get-PyCore asks for every file; a capture does not where the right one is known from before.
        CoreSummary.Describe(Path.Combine(folder, "core"), search, Limits.Default, log, TestContext.Current.CancellationToken);

        Assert.Equal(CoreFixture.Expected, CoreFixture.TakeAll(Path.Combine(folder, "core"), folder).Select(CoreFixture.Functions));
        Assert.Single(log.Warnings, warning => warning.Contains($"needed BUILD ID {right} but found file with BUILD ID {string.Concat(Enumerable.Repeat("ab", 20))}", StringComparison.Ordinal));
    }

    [Fact]
    public void Libraries_that_were_collected_in_one_folder_are_found_by_their_names()
    {
        string folder = CoreFixture.Unpack(_folder);
        string flat = Path.Combine(folder, "flat");
        Directory.CreateDirectory(flat);
        string? program = null;
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "root"), "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(flat, Path.GetFileName(file)), overwrite: true);
            program = Path.GetFileName(file) == "python3.11" ? file : program;
        }

        // And the program by a script that names it.
        string script = Path.Combine(folder, "app.py");
        File.WriteAllText(script, $"#!{program}\nprint()\n");
        using StackSession session = StackSession.OpenCore(
            Path.Combine(folder, "core"), new CoreSearch(script, [flat]), Captures.Blocking with { Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] threads = session.Take();
        Assert.Equal(CoreFixture.Expected, threads.Select(CoreFixture.Functions));
        Assert.All(threads, thread => Assert.True(thread.IsMerged));
    }

    private sealed class WarningLog : IEngineLog
    {
        public List<string> Warnings { get; } = [];

        public bool IsDebugEnabled => false;

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message) => Warnings.Add(message);

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
