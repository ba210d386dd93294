using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions.NativeStacks;
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

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Those whose files stand where the core says: not so in a root of its own.</summary>
    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Where(one => !one.HasOwnRoot).Select(one => one.Name)];

    /// <summary>gcore leaves the process alive: the kernel then writes a core of the same stacks.</summary>
    [Theory]
    [MemberData(nameof(Interpreters))]
    public void Of_gcore_and_of_the_kernel(string interpreter)
    {
        using Target target = Start(interpreter);
        Live live = Live.Of(target);
        AssertGcore(live, target, interpreter);

        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");
        Signals.Send(target.ProcessId, Abort);
        Wait.Until(() => target.HasExited, "it does not end");
        string core = Directory.GetFiles(_folder.Path, pattern + "*").Single();
        AssertKernel(live, core, target, interpreter);
    }

    private void AssertGcore(Live live, Target target, string interpreter)
    {
        string prefix = Path.Combine(_folder.Path, "by-gcore");
        string said = Toolchain.Run("sh", "-c", $"gcore -o {prefix} {target.ProcessId} 2>&1");

        // glibc 2.42 has guard pages that no map shows; gdb 13 stops at them and leaves the rest of the stack zero.
        if (said.Split('\n').Any(line => line.Contains("Memory read failed", StringComparison.Ordinal) && !line.Contains("0xffffffffff600000", StringComparison.Ordinal)))
        {
            TestReport.Absent(interpreter, "core by gcore", "this gdb leaves the stacks of threads out of the core");
            return;
        }

        string path = $"{prefix}.{target.ProcessId}";
        AssertSame(live, path, interpreter, "gcore");

        // It has the names of threads but the leader's nowhere: unknown is null, and not an empty text.
        using StackSession session = StackSession.OpenCore(path, new CoreSearch(), Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);
        Assert.All(session.Take(), thread => Assert.Equal(thread.ThreadId != target.ProcessId, thread.Name is null));
        PyCore core = Describe(path);
        Assert.Equal("The core file seems to have been generated on demand (the process did not crash)", core.Reason);
        Assert.Equal((null, null, null), (core.Signal, core.SenderId, core.FaultAddress));
    }

    private static void AssertKernel(Live live, string core, Target target, string interpreter)
    {
        AssertSame(live, core, interpreter, "kernel");
        PyCore told = Describe(core);
        Assert.Equal($"The process died due to receiving signal SIGABRT sent by pid {Environment.ProcessId}", told.Reason);
        Assert.Equal((target.ProcessId, Abort, "SIGABRT", Environment.ProcessId), (told.DumpedProcessId, told.Signal ?? 0, told.SignalName, told.SenderId ?? 0));
        Assert.Equal(live.Version, told.PythonVersion);
        Assert.All(told.Files, file => Assert.True(file.IsFound, file.ToString()));

        // Of the others it is enough that the core's native frames are those of the living process, which NativeStacks/GdbTests compares for each.
        if (InterpreterSet.Named(interpreter) is var found && found.Command[0] == found.Executable && Rows.KindsOfBuild().Any(row => row.Data == interpreter))
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
    [MemberData(nameof(Rows.KindsOfBuild), MemberType = typeof(Rows))]
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
        using StackSession session = StackSession.OpenCore(core, new CoreSearch(), Captures.Blocking with { Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread thread = session.Take().Single();

        Assert.Equal(("The process died due to a segmentation fault accessing address: 0x75bcd15", 11, 0x75bcd15UL), (told.Reason, told.Signal, told.FaultAddress));
        Assert.Equal("<module> string_at", CoreFixture.Functions(thread));
        Assert.Equal(told.Reason, thread.CoreSummary[^1]);
        Assert.True(thread.IsMerged, string.Join(' ', thread.Warnings));
        TestReport.Situation(interpreter, "core of a fault");
    }

    /// <summary>Then no build-id is in the core, and the files are taken at their word.</summary>
    [Theory]
    [MemberData(nameof(Rows.KindsOfBuild), MemberType = typeof(Rows))]
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

    private static PyCore Describe(string path) => CoreSummary.Describe(path, new CoreSearch(), Limits.Default, SilentLog.Instance, TestContext.Current.CancellationToken);

    // Ours are gdb's in the same order, but for the interpreter's own machinery that merging leaves out; and the innermost one is the same.
    private static void AssertGdbAgrees(string executable, string core)
    {
        using StackSession session = StackSession.OpenCore(core, new CoreSearch(), Captures.Blocking with { Native = NativeMode.AllThreads }, SilentLog.Instance, TestContext.Current.CancellationToken);
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

    // Its type, in front of the name of its note, becomes one that nobody knows. The notes are before the memory, which may have gigabytes.
    private static void RemoveFileNote(string core)
    {
        using FileStream file = File.Open(core, FileMode.Open, FileAccess.ReadWrite);
        byte[] head = new byte[Math.Min(file.Length, 64 << 20)];
        file.ReadExactly(head);
        int at = head.AsSpan().IndexOf("ELIFCORE"u8);
        Assert.True(at > 0, "no NT_FILE");
        file.Position = at;
        file.WriteByte(0);
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
            path, new CoreSearch(), Captures.Blocking with { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
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
            PyThread[] threads = Captures.Once(target, Captures.Blocking with { Locals = new ValueOptions(), Native = NativeMode.Merged });
            OracleComparison.AssertAgrees(target, PythonFrames.Of(threads));
            return new Live([.. threads.Select(PythonOf)], [.. threads.Select(NativeOf)], threads[0].PythonVersion);
        }

        public static string PythonOf(PyThread thread) => $"{thread.ThreadId} {thread.InterpreterId} {thread.Gil} {thread.PythonVersion}\n" + string.Join(
            '\n',
            thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame =>
                $"{frame.File}:{frame.Line}:{frame.Column} {frame.QualifiedName ?? frame.Function} | {(IsForAll(frame.File!) ? frame.SourceLine : "")} | {Text(frame.Arguments)} | {Text(frame.Locals)}"));

        public static string NativeOf(PyThread thread)
            => string.Join('\n', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Native).Select(frame => $"{frame.Function} {frame.File}:{frame.Line} {frame.Library}"));

        // A core of root's shows the lines of files that everybody may read.
        private static bool IsForAll(string path)
        {
            if (!File.Exists(path) || (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) == 0)
            {
                return false;
            }

            for (string? folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if ((File.GetUnixFileMode(folder) & UnixFileMode.OtherExecute) == 0)
                {
                    return false;
                }
            }

            return true;
        }

        private static string Text(System.Collections.Specialized.OrderedDictionary? variables)
            => variables is null ? "" : string.Join(", ", variables.Keys.Cast<string>().Select(name => $"{name}={variables[name]}"));
    }
}
