using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Runtime;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>However an interpreter is built, packed, named and started: its stacks are what it says of itself.</summary>
public sealed class FoundAnywhereTests : IDisposable
{
    private static readonly StackOptions Exhaustive = new() { Exhaustive = true };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> OnePerSeries() => [.. InterpreterSet.OnePerSeries.Select(one => one.Name)];

    public static TheoryData<string> WithSharedLibrary()
    {
        foreach (Interpreter one in InterpreterSet.OnePerSeries.Where(one => SharedLibrary(one) is null))
        {
            TestReport.Absent(one.Name, "inside of another program, from a memfd, two libpythons", "it is built without a shared libpython");
        }

        return [.. InterpreterSet.All.Where(one => SharedLibrary(one) is not null).Select(one => one.Name)];
    }

    // Where such a library lies is of no matter to what is in it.
    public static TheoryData<string> OldestAndNewestWithSharedLibrary()
    {
        List<Interpreter> all = [.. InterpreterSet.All.Where(one => SharedLibrary(one) is not null)];
        return [.. all.Where((one, i) => TestMatrix.IsWhole || i == 0 || i == all.Count - 1).Select(one => one.Name)];
    }

    // A shared library cannot be without the names that it binds itself; Python/Search/RuntimeSearchTests looks at those.
    public static TheoryData<string> Static()
        => [.. InterpreterSet.All.Where(one => !one.HasOwnRoot && SharedLibrary(one) is null).Select(one => one.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(OnePerSeries))]
    public void Without_any_mapping_of_a_name_it_is_found_by_searching_all_memory(string interpreter)
    {
        string hide = Toolchain.Shared("libhide.so", Source("hide.c"), "-shared", "-fPIC");
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target target = Target.Start(python, "hidden.py", new() { Arguments = [hide] });

        EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking));
        PyThread[] threads = Captures.Once(target, Exhaustive);

        Assert.True(error.Error is EngineError.NotPython or EngineError.InterpreterNotFound, $"{error.Error}");
        OracleComparison.AssertAgrees(target, threads);
        OracleComparison.AssertAgrees(target, Captures.Once(target, Exhaustive with { NoBlock = true }));
        TestReport.Situation(interpreter, "no mapping has a name, -Exhaustive");
    }

    [Theory]
    [MemberData(nameof(Static))]
    public void Stripped_of_everything_that_can_be_taken_it_is_found_by_its_data(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target target = Target.Start(python with { Command = [.. python.Command.SkipLast(1), Anonymous(python.Executable)] }, "one_thread.py", Home(python));
        // A copy may have the inode of one that another test has removed, and then counts as known.
        KnownBinaries.Clear();
        Said log = new();
        using StackSession session = StackSession.OpenProcess(target.ProcessId, Captures.Blocking, log, TestContext.Current.CancellationToken);

        OracleComparison.AssertAgrees(target, session.Take());
        string way = python.Minor >= 13 ? "found by their cookie" : "found by searching its data";
        Assert.Contains(log.Lines, line => line.Contains(way, StringComparison.Ordinal));
        TestReport.Situation(interpreter, "no section headers, no symbol of ours");
    }

    [Theory]
    [MemberData(nameof(WithSharedLibrary))]
    public void Inside_of_another_program_it_is_found_under_any_name(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target target = Embedded(python, [], SharedLibrary(python)!);

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.NoBlock));
        TestReport.Situation(interpreter, "inside of another program");
    }

    [Theory]
    [MemberData(nameof(OldestAndNewestWithSharedLibrary))]
    public void A_library_that_was_loaded_from_memory_is_found_without_a_name(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target target = Embedded(python, ["--memfd"], SharedLibrary(python)!);

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may open the files of a process that have no name");
        Assert.Contains(PythonProcesses.List(), process => process.ProcessId == target.ProcessId);
        TestReport.Situation(interpreter, "library loaded from a memfd");
    }

    [Theory]
    [MemberData(nameof(OldestAndNewestWithSharedLibrary))]
    public void Of_two_libraries_the_one_that_runs_is_shown(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        string other = InterpreterSet.All.Where(one => one.Minor != python.Minor).Select(SharedLibrary).FirstOrDefault(found => found is not null) ?? "";
        Assert.SkipWhen(other.Length == 0, "there is one libpython here only");
        using Target target = Embedded(python, ["--load", other], SharedLibrary(python)!);

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        TestReport.Situation(interpreter, "two libpythons, one never initialised");
    }

    [Theory]
    [MemberData(nameof(Rows.KindsOfBuild), MemberType = typeof(Rows))]
    public void A_binary_that_an_upgrade_has_replaced_is_still_read(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        string? library = SharedLibrary(python);
        string copy = Executable(Path.GetFileName(library ?? python.Executable), File.ReadAllBytes(library ?? python.Executable));
        using Target target = library is null
            ? Target.Start(python with { Command = [.. python.Command.SkipLast(1), copy] }, "one_thread.py", Home(python))
            : Embedded(python, [], copy);

        // As a package manager does it: a new file takes the name.
        File.WriteAllText(copy + ".new", "not the same file");
        File.Move(copy + ".new", copy, overwrite: true);

        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        TestReport.Situation(interpreter, "binary replaced by an upgrade");
    }

    [Fact]
    public void A_series_that_is_newer_than_ours_is_read_by_its_debug_offsets_with_a_warning()
    {
        const ulong OtherVersion = 0x031000f0; // 3.16.0 final as PY_VERSION_HEX (patchlevel.h) has it
        using Target target = StartWithOtherDebugOffsets("python3.16", word: 1, OtherVersion, Target.Start);
        Said log = new();
        using StackSession session = StackSession.OpenProcess(target.ProcessId, Captures.Blocking, log, TestContext.Current.CancellationToken);
        PyThread thread = Assert.Single(session.Take());

        Assert.Equal("3.16.0", thread.PythonVersion);
        Assert.Equal(["<module>", "first_func", "second_func", "third_func"], thread.Frames.Select(frame => frame.Function));
        Assert.Contains(log.Lines, line => line.Contains("newer than this PyStack", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_a_series_that_is_newer_than_ours_a_class_is_left_out_since_nothing_tells_its_name()
    {
        const ulong OtherVersion = 0x031000f0; // 3.16.0 final as PY_VERSION_HEX (patchlevel.h) has it
        using Target target = StartWithOtherDebugOffsets("python3.16", word: 1, OtherVersion, Target.StartSilent, "newer_series.py");
        string[] told = target.ReadLine().Split('\t');

        PyThread thread = Assert.Single(Captures.Once(target, Captures.Blocking with { Locals = new() }));
        PyVariables values = thread.Frames[^1].Locals!;

        Assert.Equal(told, ((string[])["built_in", "member", "module", "kind"]).Select(name => values[name]));
        Assert.Matches("^<type at 0x[0-9a-f]+>$", (string)values["own"]!);
    }

    // PY_VERSION of sources from git ends in "+", which no number contains; here the text that Py_GetVersion makes gets one (Python/getversion.c).
    [Fact]
    public void A_build_of_sources_after_a_release_keeps_its_plus()
    {
        Interpreter? python = InterpreterSet.OnePerSeries.LastOrDefault(one => one is { HasOwnRoot: false, Minor: >= 11 } && SharedLibrary(one) is null);
        Assert.SkipWhen(python is null, "there is no Python from 3.11 on here that has no libpython");
        byte[] bytes = File.ReadAllBytes(python.Executable);
        int text = bytes.AsSpan().IndexOf("%.80s (%.80s) %.80s"u8);
        Assert.True(text > 0, "the format of the version has changed");
        "%.80s+ (%.80s) %.9s"u8.CopyTo(bytes.AsSpan(text));
        using Target target = Target.Start(python with { Command = [.. python.Command.SkipLast(1), Executable("python-of-git", bytes)] }, "one_thread.py", Home(python));

        KnownBinaries.Clear();

        Assert.EndsWith("+", target.Oracle.Version, StringComparison.Ordinal);
        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking));
        OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking)); // by what is known of the file
        PythonProcess process = Assert.Single(PythonProcesses.List(), one => one.ProcessId == target.ProcessId);
        Assert.Equal(target.Oracle.Version, new ProcessDetails(SilentLog.Instance).Describe(process)!.PythonVersion);
    }

    [Fact]
    public void Debug_offsets_that_cannot_be_are_not_used_and_Verbose_names_the_value()
    {
        // thread_state.next of 3.15 (pycore_debug_offsets.h); no pointer stands at an odd offset.
        using Target target = StartWithOtherDebugOffsets("python3.15", word: 24, 77, Target.Start);
        Said log = new();
        using StackSession session = StackSession.OpenProcess(target.ProcessId, Captures.Blocking, log, TestContext.Current.CancellationToken);
        PyThread thread = Assert.Single(session.Take());

        Assert.Equal(["<module>", "first_func", "second_func", "third_func"], thread.Frames.Select(frame => frame.Function));
        Assert.Contains(log.VerboseLines, line => line.Contains("its debug offsets are not used: ", StringComparison.Ordinal) && line.Contains("ThreadNext", StringComparison.Ordinal));
    }

    [Fact]
    public void PyPy_is_said_to_be_not_supported()
    {
        string library = Toolchain.Shared("libpypy3.10-c.so", "int pypy_main_startup(void) { return 0; }", "-shared", "-fPIC");
        using Target target = Target.StartCommand(["cat"], new() { Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library } });
        Wait.Until(() => ProcOracle.HasCodeOf(target.ProcessId, "libpypy"), "the library is not loaded");

        EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking));

        Assert.Equal(EngineError.UnsupportedPython, error.Error);
        Assert.Contains("PyPy", error.Message, StringComparison.Ordinal);
    }

    // A 3.15 with another word in its _Py_DebugOffsets, which begin with the cookie and the version. It does not look at them itself.
    private Target StartWithOtherDebugOffsets(
        string name, int word, ulong value, Func<Interpreter, string, TargetOptions?, Target> start, string program = "one_thread.py")
    {
        Interpreter? newest = InterpreterSet.All.FirstOrDefault(one => one.Minor == 15 && !one.HasOwnRoot && !one.IsJit);
        Assert.SkipWhen(newest is null, "there is no 3.15 here to change");
        byte[] bytes = File.ReadAllBytes(newest.Executable);
        int changed = 0;
        for (int from = 0; bytes.AsSpan(from).IndexOf("xdebugpy"u8) is >= 0 and int at; from += at + 1)
        {
            Span<byte> block = bytes.AsSpan(from + at);
            if (BitConverter.ToUInt64(block[8..]) >> 16 == 0x030f)
            {
                BitConverter.TryWriteBytes(block[(word * 8)..], value);
                changed++;
            }
        }

        Assert.Equal(1, changed);
        string copy = Executable(name, bytes);
        return start(newest with { Command = [.. newest.Command.SkipLast(1), copy] }, program, Home(newest));
    }

    private string Executable(string name, byte[] bytes)
    {
        string path = _folder.Write(name, bytes);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static Target Embedded(Interpreter python, string[] options, string library)
    {
        string program = Toolchain.Shared("myserver", Source("embed.c"), "-ldl");
        return Target.Start(python with { Command = [program, .. options, "--run", library] }, "one_thread.py", Home(python));
    }

    // A copy elsewhere does not find its own standard library; Debian's loader needs its root's libraries.
    private static TargetOptions Home(Interpreter python)
        => new() { Environment = new Dictionary<string, string> { ["PYTHONHOME"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(python.Executable)!, "..")) } };

    // Without section headers there is no symbol table, and the names that the dynamic one would tell are others.
    private string Anonymous(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes.AsSpan(0x28, 8).Clear(); // e_shoff (elf.h: Elf64_Ehdr)
        bytes.AsSpan(0x3c, 4).Clear(); // e_shnum, e_shstrndx
        foreach (string name in (string[])["\0_PyRuntime\0", "\0Py_Version\0", "\0_PyThreadState_Current\0"])
        {
            byte[] text = Encoding.ASCII.GetBytes(name);
            for (int from = 0; bytes.AsSpan(from).IndexOf(text) is >= 0 and int at; from += at + 1)
            {
                bytes[from + at + text.Length - 2] = (byte)'X';
            }
        }

        return Executable("anonymous" + Path.GetFileName(file), bytes);
    }

    private static string? SharedLibrary(Interpreter interpreter)
    {
        string folder = Path.Combine(Path.GetDirectoryName(interpreter.Executable)!, "..", "lib");
        return Directory.Exists(folder) && !interpreter.IsVariant
            ? Directory.GetFiles(folder, $"libpython{interpreter.Major}.{interpreter.Minor}*.so.*").Select(Path.GetFullPath).FirstOrDefault()
            : null;
    }

    private static string Source(string name) => File.ReadAllText(Path.Combine(Programs.Folder, name));

    private sealed class Said : IEngineLog
    {
        public List<string> Lines { get; } = [];

        /// <summary>Those that -Verbose shows.</summary>
        public List<string> VerboseLines { get; } = [];

        public bool IsDebugEnabled => true;

        public void Verbose(string message)
        {
            Lines.Add(message);
            VerboseLines.Add(message);
        }

        public void Debug(string message) => Lines.Add(message);

        public void Warning(string message) => Lines.Add(message);

        public void Progress(string activity, string status, int percent)
        {
        }
    }
}
