using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Observer;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Targets in namespaces of their own, as containers have them, made with util-linux's <c>unshare</c>.</summary>
public sealed class ContainerTests : IDisposable
{
    private static readonly string[] NewNamespaces = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--mount-proc"];
    private static readonly string[] OneThread = ["<module>", "first_func", "second_func", "third_func"];

    private readonly TemporaryFolder _folder = new();

    // To 3.10 an interpreter does not keep the ids that the kernel has for its threads.
    public static TheoryData<string> OldestNewestAndWhereIdsChanged()
        => [.. InterpreterSet.OnePerSeries.Where(one => TestMatrix.IsWhole || Rows.IsOldestOrNewest(one) || one.Minor is 10 or 11).Select(one => one.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(OldestNewestAndWhereIdsChanged))]
    public void Threads_of_a_PID_namespace_have_the_ids_that_the_observer_knows(string interpreter)
    {
        Interpreter python = InterpreterSet.Named(interpreter);
        using Target outer = StartContained([.. python.Command, python.PathOf("many_threads.py")]);
        int processId = InnerProcess(outer);

        foreach (StackOptions mode in (StackOptions[])[Captures.Blocking, Captures.NoBlock])
        {
            PyThread[] threads = [];
            string[] expected = [];

            // The oracle's own thread ends a moment after it has reported.
            Wait.Until(
                () =>
                {
                    using StackSession session = Captures.Open(processId, mode);
                    threads = session.Take();
                    expected = [.. Directory.GetDirectories($"/proc/{processId}/task").Select(path => Path.GetFileName(path)).Order()];
                    return expected.Length == 101 && threads.Length == 101;
                },
                "the threads are not those of the program");

            Assert.Equal(expected, threads.Select(thread => thread.ThreadId.ToString(CultureInfo.InvariantCulture)).Order());
            Assert.All(threads, thread => Assert.Equal(File.ReadAllText($"/proc/{processId}/task/{thread.ThreadId}/comm").TrimEnd(), thread.Name));
            Assert.All(threads, thread => Assert.Equal("os.read(0, 1)", thread.Frames[^1].SourceLine?.Trim()));
        }

        TestReport.Situation(interpreter, "in PID, mount and user namespaces of its own");
    }

    [Fact]
    public void A_file_of_the_same_path_as_one_of_ours_is_not_taken_for_it()
    {
        const string Trap = "/usr/bin/python3.11";
        Assert.SkipUnless(File.Exists(Trap) && Environment.IsPrivilegedProcess, $"{Trap} is not here, or we may not mount over it in a namespace");
        Interpreter other = InterpreterSet.All.First(one => one.Minor != 11 && !one.HasOwnRoot && one.Executable != Trap && one.Command.Count == 1);
        string[] script = ["sh", "-c", "mount --bind \"$1\" \"$2\" && exec \"$2\" \"$3\"", "sh", other.Executable, Trap, other.PathOf("one_thread.py")];
        string home = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(other.Executable)!, ".."));
        using Target outer = StartContained(script, new() { ["PYTHONHOME"] = home, ["LD_LIBRARY_PATH"] = Path.Combine(home, "lib") });

        using StackSession session = Captures.Open(InnerProcess(outer), Captures.Blocking);
        PyThread thread = session.Take()[0];

        Assert.Equal(other.Version.TrimEnd('t'), thread.PythonVersion);
        Assert.Equal(OneThread, thread.Frames.Select(frame => frame.Function));
    }

    [Fact]
    public void An_observer_in_the_same_container_counts_as_the_container_does()
    {
        Interpreter python = InterpreterSet.Any;
        string report = Path.Combine(_folder.Path, "report");
        string[] script =
        [
            "sh", "-c",
            $"sleep 600 | {string.Join(' ', python.Command.Select(word => $"'{word}'"))} '{python.PathOf("one_thread.py")}' > '{report}' & "
                + $"inner=$!; until [ -s '{report}' ]; do sleep 0.05; done; echo $inner; {ObserverProcess.ShellCommand} capture $inner; "
                + $"{ObserverProcess.ShellCommand} capture $inner noblock",
        ];
        using Target outer = StartContained(script, []);
        string inner = outer.ReadLine();

        Assert.InRange(int.Parse(inner, CultureInfo.InvariantCulture), 2, 100);
        Assert.StartsWith($"{inner}:4", outer.ReadLine(), StringComparison.Ordinal);
        Assert.StartsWith($"{inner}:4", outer.ReadLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_observer_in_a_container_of_its_own_is_told_why_it_may_not_look_outside()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        using Target observer = ObserverProcess.Start("capture", target.ProcessId, prefix: ["unshare", "--user", "--map-root-user"]);

        string said = observer.ReadLine();

        Assert.StartsWith("AccessDenied|", said, StringComparison.Ordinal);
        Assert.Contains("user namespace", said, StringComparison.Ordinal);
    }

    /// <summary>A number of that /proc is one process for /proc and another one, or none, for process_vm_readv and ptrace.</summary>
    [Fact]
    public void An_observer_whose_proc_is_that_of_another_PID_namespace_is_told_so()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        using Target observer = ObserverProcess.Start("capture", target.ProcessId, prefix: ["unshare", "--user", "--map-root-user", "--pid", "--fork"]);

        Assert.StartsWith("CannotRead|This /proc belongs to another PID namespace", observer.ReadLine(), StringComparison.Ordinal);
    }

    // What stands behind a PID namespace that unshare makes is its child.
    private static Target StartContained(string[] command, Dictionary<string, string>? environment = null)
    {
        Target probe = Target.StartCommand([.. NewNamespaces, "true"]);
        using (probe)
        {
            Assert.SkipWhen(probe.WaitForExit() != 0, "this kernel or sandbox allows no namespaces of one's own (unshare)");
        }

        Dictionary<string, string> all = new(environment ?? []) { ["PYTHONPATH"] = Programs.Folder };
        return Target.StartCommand([.. NewNamespaces, .. command], new() { Environment = all });
    }

    private static int InnerProcess(Target outer)
    {
        outer.ReadLine();
        return int.Parse(File.ReadAllText($"/proc/{outer.ProcessId}/task/{outer.ProcessId}/children").Trim(), CultureInfo.InvariantCulture);
    }
}
