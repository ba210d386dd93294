using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Processes in which more than one CPython lives: an interpreter that loads another libpython and runs it.</summary>
public sealed class OtherPythonsTests : IDisposable
{
    private const string Host = "<module> blocked";
    private const string Other = "<module> in_the_other";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<bool, bool> Modes() => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Modes))]
    public void All_of_them_are_shown_each_thread_with_its_own_version(bool noBlock, bool native)
    {
        // Another version, an older one, and one more of the host's own.
        Interpreter[] shared = Shared();
        Interpreter host = shared.First(one => one.IsAtLeast(3, 11));
        Interpreter[] others = [shared[^1], shared[1], host with { Executable = Copy(host) }];
        using Target target = Start(host, "threads", others);

        PyThread[] threads = Captures.Once(target, Captures.Blocking with { NoBlock = noBlock, Native = native ? NativeMode.Merged : NativeMode.None });

        AssertShown(threads, host, others);
        if (native)
        {
            AssertMergedOnce(threads);
        }
    }

    [Fact]
    public void Two_that_are_nested_on_one_thread_stand_in_the_order_of_the_native_stack()
    {
        Interpreter[] shared = Shared();
        Interpreter host = shared.First(one => one.IsAtLeast(3, 11));
        using Target target = Start(host, "nested", [shared[^1]]);
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "it says that it is ready before it reads");

        PyThread[] threads = Captures.Once(target, Captures.Native);

        Assert.Equal([(target.ProcessId, host.Version, 0), (target.ProcessId, shared[^1].Version, 1)], threads.Select(one => (one.ThreadId, one.PythonVersion, one.Part)));
        Assert.Equal("<module> run", Functions(threads[0]));
        Assert.Equal(Other, Functions(threads[1]));
        Assert.All(threads, one => Assert.Equal((2, 2), (one.RuntimeCount, one.InterpreterCount)));
        AssertMergedOnce(threads);
        // The way from one to the other stands once, before the frames of the inner one.
        Assert.Single(threads.SelectMany(one => one.Frames), frame => frame.Function == "PyRun_SimpleStringFlags");
        Assert.Contains(threads[1].Frames, frame => frame.Function == "PyRun_SimpleStringFlags");
    }

    [Fact]
    public void One_that_is_loaded_and_not_initialised_is_none()
    {
        Interpreter[] shared = Shared();
        using Target target = Start(shared[^1], "loaded", [shared[0], shared[1]]);

        PyThread thread = Assert.Single(Captures.Once(target, Captures.Native));

        Assert.Equal((1, shared[^1].Version, Host), (thread.RuntimeCount, thread.PythonVersion, Functions(thread)));
        PyProcess process = new ProcessDetails(SilentLog.Instance).Describe(new PythonProcesses(SilentLog.Instance).Get(target.ProcessId))!;
        Assert.Equal([shared[^1].Version], process.Interpreters.Select(one => one.PythonVersion));
        Assert.Equal(shared[^1].Version, process.PythonVersion);
    }

    [Fact]
    public void Get_PyProcess_names_all_that_live_in_the_order_of_their_threads()
    {
        Interpreter[] shared = Shared();
        using Target target = Start(shared[1], "threads", [shared[^1]]);

        PyProcess process = new ProcessDetails(SilentLog.Instance).Describe(new PythonProcesses(SilentLog.Instance).Get(target.ProcessId))!;
        PyThread[] threads = Captures.Once(target, Captures.Blocking);

        Assert.Equal([shared[1].Version, shared[^1].Version], process.Interpreters.Select(one => one.PythonVersion));
        Assert.StartsWith(Library(shared[1])!, process.Interpreters[0].Path, StringComparison.Ordinal);
        Assert.StartsWith(Library(shared[^1])!, process.Interpreters[1].Path, StringComparison.Ordinal);
        Assert.Equal(shared[1].Version, process.PythonVersion);
        Assert.All(threads, one => Assert.Equal(one.PythonVersion, process.Interpreters[one.RuntimeIndex].PythonVersion));
    }

    [Fact]
    public void A_core_has_all_of_them()
    {
        Interpreter[] shared = Shared();
        Interpreter host = shared.First(one => one.IsAtLeast(3, 11));
        using Target target = Start(host, "threads", [shared[1]]);
        string prefix = Path.Combine(_folder.Path, "core");
        Toolchain.Run("gcore", "-o", prefix, $"{target.ProcessId}");
        using StackSession session = StackSession.OpenCore(
            $"{prefix}.{target.ProcessId}", new CoreSearch(), Captures.Native, SilentLog.Instance, TestContext.Current.CancellationToken);

        PyThread[] threads = session.Take();

        AssertShown(threads, host, [shared[1]]);
        AssertMergedOnce(threads);
    }

    private static void AssertShown(PyThread[] threads, Interpreter host, Interpreter[] others)
    {
        (string Version, string Functions)[] expected = [(host.Version, Host), .. others.Select(one => (one.Version, Other))];
        Assert.Equal(
            expected.Order(),
            threads.Select(one => (one.PythonVersion, Functions(one))).Where(one => !one.Item2.EndsWith("run", StringComparison.Ordinal)).Order());

        // The host's own threads that the others run on: each is in two lists and has one id.
        PyThread[] inner = [.. threads.Where(one => Functions(one) == Other)];
        PyThread[] outer = [.. threads.Where(one => Functions(one).EndsWith(" run run", StringComparison.Ordinal))];
        Assert.Equal(inner.Select(one => one.ThreadId).Order(), outer.Select(one => one.ThreadId).Order());
        Assert.All(threads, one => Assert.Equal(others.Length + 1, one.RuntimeCount));
        Assert.All(threads, one => Assert.True(one.IsCoherent, string.Join("; ", one.Warnings)));
    }

    private static void AssertMergedOnce(PyThread[] threads)
    {
        Assert.All(threads, one => Assert.True(one.IsMerged));
        foreach (IGrouping<int, PyThread> parts in threads.GroupBy(one => one.ThreadId))
        {
            ulong[] start = [.. parts.SelectMany(part => part.Frames).Where(frame => frame.Function is "clone" or "clone3" or "__clone3" or "__libc_start_main_impl" or "_start").Select(frame => frame.Address ?? 0)];
            Assert.Equal(start.Distinct().Count(), start.Length);
            Assert.Single(parts.SelectMany(part => part.Frames), frame => frame is { Kind: PyFrameKind.Native, IsInlined: false } && frame.Function is "read" or "__GI___libc_read" or "__libc_read");
        }
    }

    private static string Functions(PyThread thread)
        => string.Join(' ', thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function));

    private static Interpreter[] Shared()
    {
        Interpreter[] shared = [.. InterpreterSet.OnePerSeries.Where(one => Library(one) is not null)];
        Assert.SkipUnless(shared.Length > 2, "there are not three shared libpythons here");
        return shared;
    }

    private static Target Start(Interpreter host, string mode, Interpreter[] others)
    {
        List<string> arguments = [mode];
        foreach (Interpreter other in others)
        {
            string home = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(other.Executable)!, ".."));
            arguments.AddRange([Library(other)!, home]);
        }

        Target target = Target.StartSilent(host, "other_pythons.py", new() { Arguments = [.. arguments] });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    // The loader takes a file of another inode for another library; the standard library is found through a link.
    private string Copy(Interpreter python)
    {
        string root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(python.Executable)!, ".."));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "bin"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "lib"));
        foreach (string entry in Directory.GetFileSystemEntries(Path.Combine(root, "lib")))
        {
            string to = Path.Combine(_folder.Path, "lib", Path.GetFileName(entry));
            if (entry == Library(python))
            {
                File.Copy(entry, to);
            }
            else
            {
                File.CreateSymbolicLink(to, entry);
            }
        }

        return Path.Combine(_folder.Path, "bin", "python");
    }

    private static string? Library(Interpreter interpreter)
    {
        string folder = Path.Combine(Path.GetDirectoryName(interpreter.Executable)!, "..", "lib");
        return Directory.Exists(folder) && !interpreter.IsVariant
            ? Directory.GetFiles(folder, $"libpython{interpreter.Major}.{interpreter.Minor}*.so.*").Select(Path.GetFullPath).FirstOrDefault()
            : null;
    }
}
