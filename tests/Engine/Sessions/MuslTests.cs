using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A CPython on musl, the libc of Alpine, whose functions have no call frame information, and of which those in assembly have no size.</summary>
public sealed class MuslTests : IDisposable
{
    // In which function of CPython (3.13, built without optimized tail calls) each thread has called the libc.
    private static readonly Dictionary<string, string> Callers = new()
    {
        ["in_lock"] = "_PySemaphore_PlatformWait",
        ["in_timed_lock"] = "_PySemaphore_PlatformWait",
        ["in_queue"] = "_PySemaphore_PlatformWait",
        ["in_sleep"] = "pysleep",
        ["in_select"] = "select_select_impl",
        ["in_poll"] = "select_poll_poll_impl",
        ["in_read"] = "_Py_read",
        ["in_recv"] = "sock_recv_impl",
        ["in_wait"] = "os_waitpid_impl",
        ["in_sort"] = "pysleep",
        ["MainThread"] = "_Py_read",
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Its_stacks_and_waits_are_what_the_program_says_in_every_mode_and_in_a_core()
    {
        Assert.SkipUnless(MuslInterpreter.Found is not null, MuslInterpreter.None);
        using Target target = Target.Start(MuslInterpreter.Found!, "libc_waits.py");
        Captures.InBothModes(noBlock =>
        {
            OracleComparison.AssertAgrees(target, Captures.Once(target, Captures.Blocking with { NoBlock = noBlock }));

            // A thread that has just begun its call again after a stop may not sleep yet.
            PyThread[] threads = [];
            Wait.Until(
                () => (threads = Captures.Once(target, Captures.Native with { NoBlock = noBlock })).All(thread => thread.IsCoherent && thread.Wait is not null),
                "the threads do not come to wait");
            AssertCallers(threads);

            // A stop makes a call that has a timeout go on by restart_syscall.
            Assert.Equal(PyWaitKind.Select, WaitOf(threads, "in_poll"));
            Assert.Equal(PyWaitKind.Lock, WaitOf(threads, "in_timed_lock"));
        });

        string prefix = Path.Combine(_folder.Path, "core");
        Toolchain.Run("gcore", "-o", prefix, $"{target.ProcessId}");
        using StackSession session = StackSession.OpenCore($"{prefix}.{target.ProcessId}", new CoreSearch(), Captures.Native, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] saved = session.Take();
        Assert.Equal(target.Oracle.Threads.Select(thread => thread.ThreadId), saved.Select(thread => (int?)thread.ThreadId));
        AssertCallers(saved);
    }

    // Of the frames after the last one of Python: the interpreter's own, by debug information, then those of the libc, whose names are no other function's.
    private static void AssertCallers(PyThread[] threads)
        => Assert.Equal(
            Callers.Select(pair => $"{pair.Key}: {pair.Value}").Order(StringComparer.Ordinal),
            threads.Select(thread =>
            {
                PyFrame[] native = [.. thread.Frames.SkipWhile(frame => frame.Kind != PyFrameKind.Python).Reverse().TakeWhile(frame => frame.Kind == PyFrameKind.Native).Reverse()];
                PyFrame[] libc = [.. native.Where(frame => Path.GetFileName(frame.Library) is "libc.so" or "ld-musl-x86_64.so.1" or "ld-musl-aarch64.so.1")];
                string names = string.Join(' ', libc.Select(frame => frame.Function).Where(name => name is not null));
                return $"{thread.PythonName}: {native[..^libc.Length].LastOrDefault()?.Function}{names}";
            }).Order(StringComparer.Ordinal));

    private static PyWaitKind? WaitOf(PyThread[] threads, string name) => threads.Single(thread => thread.PythonName == name).Wait?.Kind;
}
