using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Python.Values;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
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

        AssertSame(live, Directory.GetFiles(_folder.Path, pattern + "*").Single(), interpreter, "kernel");
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
            [
                "<module> main outer <lambda> middle <listcomp> inner",
                "_bootstrap _bootstrap_inner run sleeper_entry sleeper_deep sleeper_deep sleeper_deep wait wait",
                "_bootstrap _bootstrap_inner run spinner_entry spin_gen",
            ],
            threads.Select(thread => string.Join(' ', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function))));
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

    private Target Start(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        return Target.Start(
            found with { Command = ["/bin/sh", "-c", "ulimit -c unlimited && exec \"$@\"", "sh", .. found.Command] }, "functions.py", new() { WorkingDirectory = _folder.Path });
    }

    private static void AssertSame(Live live, string path, string interpreter, string kind)
    {
        using StackSession session = StackSession.OpenCore(
            path, new CoreSearch(), new StackOptions { Locals = new ValueOptions(), Native = NativeMode.Merged }, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] threads = session.Take();

        Assert.Equal(live.Python, threads.Select(Live.PythonOf));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, $"{thread} is not merged: {string.Join(' ', thread.Warnings)}"));
        Assert.Equal(live.Native, threads.Select(Live.NativeOf));
        Assert.All(threads, thread => Assert.Equal((true, TimeSpan.Zero), (thread.IsCoherent, thread.Pause)));
        TestReport.Situation(interpreter, $"core by {kind}");
    }

    /// <summary>What the process shows while it lives.</summary>
    private sealed record Live(List<string> Python, List<string> Native)
    {
        public static Live Of(Target target)
        {
            PyThread[] threads = Captures.Once(target, new StackOptions { Locals = new ValueOptions(), Native = NativeMode.Merged });
            OracleComparison.AssertAgrees(target, PythonFrames.Of(threads));
            return new Live([.. threads.Select(PythonOf)], [.. threads.Select(NativeOf)]);
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
}
