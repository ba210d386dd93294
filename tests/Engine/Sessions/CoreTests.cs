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
        Assert.SkipWhen(said.Contains("Memory read failed", StringComparison.Ordinal), "this gdb leaves the stacks of threads out of the core");

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
