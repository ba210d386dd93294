using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Values;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.Engine.Tests.Targets.Core;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The stacks of a core are those that the process had alive.</summary>
public sealed class CoreTests : IDisposable
{
    private const int Abort = 6;

    // They stand at the head of three_threads.py.
    private static readonly string[] _expected =
    [
        "<module> main outer <lambda> middle <listcomp> inner",
        "_bootstrap _bootstrap_inner run sleeper_entry sleeper_deep sleeper_deep sleeper_deep wait wait",
        "_bootstrap _bootstrap_inner run spinner_entry spin_gen",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Those whose files stand where the core says: not so in a root of its own.</summary>
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Where(one => !one.HasOwnRoot).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Of_gcore(string interpreter)
    {
        using Target target = Start(interpreter);
        Live live = Live.Of(target);
        string prefix = Path.Combine(_folder.Path, "core");
        string said = Toolchain.Run("sh", "-c", $"gcore -o {prefix} {target.ProcessId} 2>&1");

        // glibc 2.42 has guard pages that no map shows; gdb 13 stops at them and leaves the rest of the stack zero.
        bool isCut = said.Split('\n').Any(line => line.Contains("Memory read failed", StringComparison.Ordinal) && !line.Contains("0xffffffffff600000", StringComparison.Ordinal));
        Assert.SkipWhen(isCut, "this gdb leaves the stacks of threads out of the core");

        AssertSame(live, $"{prefix}.{target.ProcessId}", interpreter, "gcore");
        PyCore core = Describe($"{prefix}.{target.ProcessId}");
        Assert.Equal("The core file seems to have been generated on demand (the process did not crash)", core.Reason);
        Assert.Equal((null, null, null), (core.Signal, core.SenderId, core.FaultAddress));
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Of_the_kernel(string interpreter)
    {
        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");
        using Target target = Start(interpreter);
        Live live = Live.Of(target);
        Signals.Send(target.ProcessId, Abort);
        Wait.Until(() => target.HasExited, "it does not end");

        string core = Directory.GetFiles(_folder.Path, pattern + "*").Single();
        AssertSame(live, core, interpreter, "kernel");
        PyCore told = Describe(core);
        Assert.Equal($"The process died due receiving signal SIGABRT sent by pid {Environment.ProcessId}", told.Reason);
        Assert.Equal((target.ProcessId, Abort, "SIGABRT", Environment.ProcessId), (told.DumpedProcessId, told.Signal ?? 0, told.SignalName, told.SenderId ?? 0));
        Assert.Equal(live.Version, told.PythonVersion);
        Assert.All(told.Files, file => Assert.True(file.IsFound, file.ToString()));
        if (InterpreterSet.Named(interpreter) is var found && found.Command[0] == found.Executable)
        {
            AssertGdbAgrees(found.Executable, core);
        }

        // The same without the list of mapped files, as kernels before 3.7 and other writers leave it: the loader's list must do.
        // (Not so of a program that was started through the loader itself: nothing in the core leads to its list.)
        if (InterpreterSet.Named(interpreter).Command.Any(word => word.Contains("ld-linux", StringComparison.Ordinal)))
        {
            return;
        }

        RemoveFileNote(core);
        AssertSame(live, core, interpreter, "kernel, no NT_FILE", hasPaths: false);
    }

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Of_a_fault_at_a_known_address(string interpreter)
    {
        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");
        ProcessStartInfo start = new("/bin/sh", ["-c", "ulimit -c unlimited && exec \"$@\"", "sh", .. InterpreterSet.Named(interpreter).Command, "-c", "import ctypes; ctypes.string_at(123456789)"])
        {
            WorkingDirectory = _folder.Path,
        };
        using (Process process = Process.Start(start)!)
        {
            process.WaitForExit();
        }

        string core = Directory.GetFiles(_folder.Path, pattern + "*").Single();
        PyCore told = Describe(core);
        using StackSession session = StackSession.OpenCore(core, new CoreSearch(), new StackOptions { Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread thread = session.Take().Single();

        Assert.Equal(("The process died due a segmentation fault accessing address: 0x75bcd15", 11, 0x75bcd15UL), (told.Reason, told.Signal, told.FaultAddress));
        Assert.Equal("<module> string_at", Functions(thread));
        Assert.Equal(told.Reason, thread.CoreSummary[^1]);
        Assert.True(thread.IsMerged, string.Join(' ', thread.Warnings));
        TestReport.Situation(interpreter, "core of a fault");
    }

    /// <summary>Then no build-id is in the core, and the files are taken at their word.</summary>
    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Of_the_kernel_without_the_pages_of_ELF_headers(string interpreter)
    {
        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");

        // core(5): anonymous memory and shared anonymous memory, neither ELF headers nor huge pages.
        using Target target = Start(interpreter, "echo 3 > /proc/self/coredump_filter && ");
        Live live = Live.Of(target);
        Signals.Send(target.ProcessId, Abort);
        Wait.Until(() => target.HasExited, "it does not end");

        AssertSame(live, Directory.GetFiles(_folder.Path, pattern + "*").Single(), interpreter, "kernel, no ELF headers");
    }

    [Theory]
    [InlineData("gzip", "-k", ".gz")]
    [InlineData("zstd", "-q", ".zst")]
    [InlineData("xz", "-k0", ".xz")]
    [InlineData("lz4", "-q", ".lz4")]
    public void A_packed_core_is_read_as_it_was_and_leaves_nothing_behind(string tool, string option, string ending)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(one => File.Exists(Path.Combine(one, tool))), $"{tool} is not here");
        string folder = UnpackFixture();
        // As systemd names them.
        string core = Path.Combine(folder, "core.python3.0.4711.112.1700000000000000");
        File.Move(Path.Combine(folder, "core"), core);
        Toolchain.Run(tool, tool == "lz4" ? [option, core, core + ending] : [option, core]);
        string[] before = Leftovers();
        using (StackSession session = Open(core + ending, folder))
        {
            Assert.Equal(_expected, session.Take().Select(Functions));
            Assert.Equal(before, Leftovers());
        }

        Assert.Equal(before, Leftovers());
    }

    [Fact]
    public void Of_a_packed_core_that_is_cut_off_what_is_there_is_read()
    {
        string folder = UnpackFixture();
        string path = Path.Combine(folder, "core.gz");
        Toolchain.Run("sh", "-c", $"gzip -k '{folder}/core' && truncate -s 60% '{path}' || truncate -s $(($(stat -c %s '{path}') * 6 / 10)) '{path}'");
        EngineException? error = Record.Exception(() => TakeAll(path, folder)) as EngineException;
        Assert.True(error is null || error.Error is EngineError.NoPythonStack or EngineError.InterpreterNotFound or EngineError.NotPython or EngineError.UnsupportedPython or EngineError.InvalidCore, error?.ToString());
    }

    [Fact]
    public void Without_room_a_packed_core_is_refused_with_the_way_out()
    {
        string folder = UnpackFixture();
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
        string folder = UnpackFixture();
        Toolchain.Run("gzip", "-k", Path.Combine(folder, "core"));
        Limits limits = Limits.Default with { UnpackedCoreBytes = 1 << 20 };

        EngineException error = Assert.Throws<EngineException>(
            () => CoreFile.Open(Path.Combine(folder, "core.gz"), new CoreUnpacking(SilentLog.Instance, limits), limits, TestContext.Current.CancellationToken));

        Assert.Equal(EngineError.InvalidCore, error.Error);
    }

    /// <summary>PN_XNUM: the real number of segments then stands in the first section.</summary>
    [Fact]
    public void Seventy_thousand_segments_are_read()
    {
        string folder = UnpackFixture();
        CoreRewriter.AddSegments(Path.Combine(folder, "core"), 70_000, holeBytes: 0);
        using StackSession session = Open(Path.Combine(folder, "core"), folder);
        Assert.Equal(_expected, session.Take().Select(Functions));
    }

    [Fact]
    public void Forty_gigabytes_of_holes_cost_nothing()
    {
        string folder = UnpackFixture();
        CoreRewriter.AddSegments(Path.Combine(folder, "core"), 1, holeBytes: 40L << 30);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        using StackSession session = Open(Path.Combine(folder, "core"), folder);
        Assert.Equal(_expected, session.Take().Select(Functions));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 80L << 20);
    }

    [Fact]
    public void Without_its_files_a_core_says_which_are_missing_and_what_would_help()
    {
        string folder = UnpackFixture();
        Directory.CreateDirectory(Path.Combine(folder, "empty"));
        EngineException error = Assert.Throws<EngineException>(
            () => StackSession.OpenCore(Path.Combine(folder, "core"), new CoreSearch(Root: Path.Combine(folder, "empty")), StackOptions.Default, SilentLog.Instance, TestContext.Current.CancellationToken));
        Assert.Equal(EngineError.ExecutableNotFound, error.Error);
        Assert.Contains("Failed to locate /usr/bin/python3.11", error.Message, StringComparison.Ordinal);
        Assert.Contains("-Executable", error.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_library_is_one_warning_with_both_build_ids()
    {
        string folder = UnpackFixture();
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

        Assert.Equal(_expected, TakeAll(Path.Combine(folder, "core"), folder).Select(Functions));
        Assert.Single(log.Warnings, warning => warning.Contains($"needed BUILD ID {right} but found file with BUILD ID {string.Concat(Enumerable.Repeat("ab", 20))}", StringComparison.Ordinal));
    }

    [Fact]
    public void Libraries_that_were_collected_in_one_folder_are_found_by_their_names()
    {
        string folder = UnpackFixture();
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
            Path.Combine(folder, "core"), new CoreSearch(script, [flat]), new StackOptions { Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] threads = session.Take();
        Assert.Equal(_expected, threads.Select(Functions));
        Assert.All(threads, thread => Assert.True(thread.IsMerged));
    }

    [Theory]
    [InlineData("#!/usr/bin/python3\n", "/usr/bin/python3")]
    [InlineData("#! /usr/bin/python3 -I", "/usr/bin/python3")]
    [InlineData("#!/usr/bin/env -S A=1 sh -x", "/sh")]
    [InlineData("#!/usr/bin/env no-such-program-here", "no-such-program-here")]
    [InlineData("print()", null)]
    [InlineData("#!", null)]
    public void The_first_line_of_a_script_names_its_interpreter(string line, string? ending)
    {
        string? interpreter = CoreExecutable.InterpreterOf(line.TrimEnd('\n'));
        Assert.True(ending is null ? interpreter is null : interpreter!.EndsWith(ending, StringComparison.Ordinal), interpreter);
    }

    /// <summary>Headers, program headers and notes, byte by byte.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Five_hundred_broken_cores_end_in_stacks_or_a_known_error(int seed)
    {
        string folder = UnpackFixture();
        string core = Path.Combine(folder, "core");
        byte[] whole = File.ReadAllBytes(core);
        (int from, int to)[] places = [(0, 64), CoreRewriter.ProgramHeaders(whole), CoreRewriter.Notes(whole), CoreRewriter.Notes(whole), (0, whole.Length)];
        ulong[] values = [0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, ulong.MaxValue, 0x1000, (ulong)whole.Length];
        Random random = new(seed);
        int good = 0;
        for (int i = 0; i < 500; i++)
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
            Exception? error = Record.Exception(() => good += TakeAll(core, folder).Length > 0 ? 1 : 0);
            Assert.True(error is null or EngineException, $"{i}: {error}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 400 << 20, $"{i}: {(GC.GetAllocatedBytesForCurrentThread() - before) >> 20} MiB");
        }

        Assert.InRange(good, 100, 500);
    }

    /// <summary>The expected stacks stand at the head of three_threads.py.</summary>
    [Fact]
    public void Of_another_processor_with_the_files_of_its_own_root()
    {
        Toolchain.Run("tar", "xJf", Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "arm64-3.11.tar.xz"), "-C", _folder.Path);
        string folder = Path.Combine(_folder.Path, "arm64-3.11");
        using StackSession session = StackSession.OpenCore(
            Path.Combine(folder, "core"), new CoreSearch(Root: Path.Combine(folder, "root")),
            new StackOptions { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);

        PyThread[] threads = session.Take();

        Assert.Equal(
            _expected, threads.Select(Functions));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, string.Join(' ', thread.Warnings)));
        PyFrame inner = threads[0].Frames.Last(frame => frame.Function == "inner");
        Assert.Equal(("12345678901234567890", "2.5", "'w'"), (inner.Locals!["local_int"], inner.Locals["local_float"], inner.Arguments!["y"]));
        PyFrame sleeper = threads[1].Frames.Last(frame => frame.Function == "sleeper_deep");
        Assert.Equal(("0", "'grüße-0'", "[1, 2, {'k': 0}]"), (sleeper.Arguments!["n"], sleeper.Locals!["local_text"], sleeper.Locals["local_list"]));
    }

    [Fact]
    public void A_core_that_is_cut_anywhere_gives_what_is_there_or_says_that_it_is_broken()
    {
        Toolchain.Run("tar", "xJf", Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "arm64-3.11.tar.xz"), "-C", _folder.Path);
        string folder = Path.Combine(_folder.Path, "arm64-3.11");
        byte[] whole = File.ReadAllBytes(Path.Combine(folder, "core"));
        string path = Path.Combine(_folder.Path, "cut");
        for (int part = 0; part < 64; part++)
        {
            File.WriteAllBytes(path, whole[..(int)((long)whole.Length * part / 64)]);
            EngineException? error = Record.Exception(() => TakeAll(path, folder)) as EngineException;
            Assert.True(error is null || error.Error is EngineError.InvalidCore or EngineError.NoPythonStack or EngineError.InterpreterNotFound or EngineError.NotPython or EngineError.UnsupportedPython, $"{part}: {error?.Error}");
        }
    }

    [Theory]
    [InlineData("no such file", null, EngineError.CoreNotFound)]
    [InlineData("empty", "", EngineError.InvalidCore)]
    [InlineData("text", "This is no core.\n", EngineError.InvalidCore)]
    public void What_is_no_core_is_refused(string name, string? content, object expected)
    {
        string path = Path.Combine(_folder.Path, name);
        if (content is not null)
        {
            File.WriteAllText(path, content);
        }

        Assert.Equal(expected, Assert.Throws<EngineException>(() => TakeAll(path, _folder.Path)).Error);
    }

    [Fact]
    public void A_library_is_no_core()
        => Assert.Contains("no core", Assert.Throws<EngineException>(() => TakeAll(typeof(object).Assembly.Location.Replace("System.Private.CoreLib.dll", "libSystem.Native.so", StringComparison.Ordinal), "/")).Message, StringComparison.Ordinal);

    private static PyThread[] TakeAll(string path, string folder)
    {
        using StackSession session = StackSession.OpenCore(
            path, new CoreSearch(Root: Path.Combine(folder, "root")), new StackOptions { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        return session.Take();
    }

    private static PyCore Describe(string path) => CoreSummary.Describe(path, new CoreSearch(), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);

    // Ours are gdb's in the same order, but for the interpreter's own machinery that merging leaves out; and the innermost one is the same.
    private static void AssertGdbAgrees(string executable, string core)
    {
        using StackSession session = StackSession.OpenCore(core, new CoreSearch(), new StackOptions { Native = NativeMode.AllThreads }, SilentLog.Instance, TestContext.Current.CancellationToken);
        Dictionary<int, List<GdbFrame>> gdb = GdbOracle.StacksOfCore(executable, core);
        PyThread[] threads = session.Take();
        Assert.Equal(gdb.Keys.Order(), threads.Select(thread => thread.ThreadId).Order());
        foreach (PyThread thread in threads)
        {
            string[] expected = [.. gdb[thread.ThreadId].Select(frame => $"{frame.Address:x} {GdbComparison.Bare(frame.Function)}")];
            string[] actual = [.. thread.Frames.Where(frame => frame.Kind == PyFrameKind.Native).Select(frame => $"{frame.Address:x} {GdbComparison.Bare(frame.Function ?? "")}")];
            Assert.Equal(expected[^1], actual[^1]);
            Assert.Equal(actual, expected.Where(actual.Contains));
        }
    }

    private static StackSession Open(string path, string folder) => StackSession.OpenCore(
        path, new CoreSearch(Root: Path.Combine(folder, "root")), StackOptions.Default, SilentLog.Instance, TestContext.Current.CancellationToken);

    private static string Functions(PyThread thread)
        => string.Join(' ', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function));

    private static string[] Leftovers() => [.. Directory.GetDirectories(Path.GetTempPath(), "pystack-*").Where(folder => File.Exists(Path.Combine(folder, "core")))];

    private string UnpackFixture()
    {
        Toolchain.Run("tar", "xJf", Path.Combine(Repository.Root, "tests", "Engine", "Fixtures", "arm64-3.11.tar.xz"), "-C", _folder.Path);
        return Path.Combine(_folder.Path, "arm64-3.11");
    }

    // Its type, in front of the name of its note, becomes one that nobody knows.
    private static void RemoveFileNote(string core)
    {
        byte[] bytes = File.ReadAllBytes(core);
        int at = bytes.AsSpan().IndexOf("ELIFCORE"u8);
        Assert.True(at > 0, "no NT_FILE");
        bytes[at] = 0;
        File.WriteAllBytes(core, bytes);
    }

    private Target Start(string interpreter, string before = "")
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        return Target.Start(
            found with { Command = ["/bin/sh", "-c", before + "ulimit -c unlimited && exec \"$@\"", "sh", .. found.Command] }, "functions.py", new() { WorkingDirectory = _folder.Path });
    }

    private static void AssertSame(Live live, string path, string interpreter, string kind, bool hasPaths = true)
    {
        using StackSession session = StackSession.OpenCore(
            path, new CoreSearch(), new StackOptions { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] threads = session.Take();

        Assert.Equal(live.Python, threads.Select(Live.PythonOf));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, $"{thread} is not merged: {string.Join(' ', thread.Warnings)}"));

        // The loader has libraries by the names that it was given, the kernel by those that links lead to.
        Assert.Equal(live.Native.Select(Normal), threads.Select(Live.NativeOf).Select(Normal));
        Assert.All(threads, thread => Assert.Equal((true, TimeSpan.Zero), (thread.IsCoherent, thread.Pause)));
        TestReport.Situation(interpreter, $"core by {kind}");

        string Normal(string frames) => hasPaths ? frames : string.Join('\n', frames.Split('\n').Select(frame => frame[..(frame.LastIndexOf(' ') + 1)] + Path.GetFileName(frame)));
    }

    /// <summary>What the process shows while it lives.</summary>
    private sealed record Live(List<string> Python, List<string> Native, string Version)
    {
        public static Live Of(Target target)
        {
            PyThread[] threads = Captures.Once(target, new StackOptions { Locals = new ValueOptions(), Native = NativeMode.Merged });
            OracleComparison.AssertAgrees(target, PythonFrames.Of(threads));
            return new Live([.. threads.Select(PythonOf)], [.. threads.Select(NativeOf)], threads[0].PythonVersion);
        }

        public static string PythonOf(PyThread thread) => $"{thread.ThreadId} {thread.InterpreterId} {thread.Gil} {thread.PythonVersion}\n" + string.Join(
            '\n',
            thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame =>
                $"{frame.File}:{frame.Line}:{frame.Column} {frame.QualifiedName ?? frame.Function} | {frame.SourceLine} | {Text(frame.Arguments)} | {Text(frame.Locals)}"));

        public static string NativeOf(PyThread thread)
            => string.Join('\n', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Native).Select(frame => $"{frame.Function} {frame.File}:{frame.Line} {frame.Library}"));

        private static string Text(System.Collections.Specialized.OrderedDictionary? variables)
            => variables is null ? "" : string.Join(", ", variables.Keys.Cast<string>().Select(name => $"{name}={variables[name]}"));
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
