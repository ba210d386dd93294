using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Core;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Names, exceptions, states and CPU times of threads are what the program and the kernel say of them.</summary>
public sealed class ThreadFactsTests : IDisposable
{
    private const int Abort = 6;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Interpreters() => [.. InterpreterSet.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Interpreters))]
    public void A_thread_has_the_name_and_the_exception_that_the_program_says_and_the_state_and_time_of_procfs(string interpreter)
    {
        using Target target = Start(interpreter, out Dictionary<string, (string?, string?)> said, "");
        Captures.InBothModes(noBlock =>
        {
            using StackSession session = Captures.Open(target.ProcessId, noBlock ? Captures.NoBlock : Captures.Blocking);

            // Those that were stopped in the mode before begin their system call anew.
            Wait.Until(() => States(target).Values.Count(state => state == 'R') == 1, "not all threads but one sleep");
            Dictionary<int, char> states = States(target);
            Dictionary<int, double> before = Times(target);
            PyThread[] threads = session.Take();
            Dictionary<int, double> after = Times(target);

            Assert.Equal(said.OrderBy(one => one.Key, StringComparer.Ordinal), Told(threads).OrderBy(one => one.Key, StringComparer.Ordinal));
            Assert.Equal(states.OrderBy(one => one.Key), threads.Select(thread => KeyValuePair.Create(thread.ThreadId, LetterOf(thread.State))).OrderBy(one => one.Key));
            Assert.All(threads, thread => Assert.InRange(thread.CpuSeconds ?? -1, before[thread.ThreadId], after[thread.ThreadId]));
            Assert.Equal('R', LetterOf(threads.Single(thread => FunctionOf(thread) == "spins").State));
        });
        TestReport.Situation(interpreter, "names, exceptions, states and times of threads");
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void The_threads_of_a_process_that_a_signal_has_stopped_are_stopped_also_where_they_are_stopped_for_the_capture(string interpreter)
    {
        using Target target = Start(interpreter, out Dictionary<string, (string?, string?)> said, "");
        Signals.Send(target.ProcessId, Signals.Stop);
        try
        {
            Wait.Until(() => States(target).Values.All(state => state == 'T'), "it is not stopped");
            Captures.InBothModes(noBlock =>
            {
                PyThread[] threads = Captures.Once(target, noBlock ? Captures.NoBlock : Captures.Native);
                Assert.All(threads, thread => Assert.Equal(PyThreadState.Stopped, thread.State));
                Assert.Equal(said.OrderBy(one => one.Key, StringComparer.Ordinal), Told(threads).OrderBy(one => one.Key, StringComparer.Ordinal));
            });
        }
        finally
        {
            Signals.Send(target.ProcessId, Signals.Continue);
        }
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_core_has_the_names_and_exceptions_and_the_times_of_all_threads_but_the_main_one(string interpreter)
    {
        string pattern = File.ReadAllText("/proc/sys/kernel/core_pattern").Trim();
        Assert.SkipWhen(pattern.Contains('/', StringComparison.Ordinal) || pattern.Contains('|', StringComparison.Ordinal), $"cores go to {pattern}");
        Assert.SkipWhen(InterpreterSet.Named(interpreter).HasOwnRoot, "its files are in a root of its own");
        using Target target = Start(interpreter, out Dictionary<string, (string?, string?)> said, "ulimit -c unlimited; ");
        int spinning = Captures.Once(target, Captures.NoBlock).Single(thread => FunctionOf(thread) == "spins").ThreadId;
        Wait.Until(() => Times(target)[spinning] > 0.05, "it does not run");
        double ran = Times(target)[spinning];
        Signals.Send(target.ProcessId, Abort);
        Wait.Until(() => target.HasExited, "it does not end");

        using StackSession session = StackSession.OpenCore(
            Directory.GetFiles(_folder.Path, pattern + "*").Single(), new CoreSearch(), Captures.Blocking, SilentLog.Instance, TestContext.Current.CancellationToken);
        PyThread[] threads = session.Take();

        Assert.Equal(said.OrderBy(one => one.Key, StringComparer.Ordinal), Told(threads).OrderBy(one => one.Key, StringComparer.Ordinal));
        Assert.All(threads, thread => Assert.Equal(PyThreadState.Unknown, thread.State));
        Assert.Equal((null, true), (threads.Single(thread => thread.ThreadId == target.ProcessId).CpuSeconds, threads.Single(thread => thread.ThreadId == spinning).CpuSeconds >= ran / 2));
        TestReport.Situation(interpreter, "names and exceptions of threads in a core");
    }

    // In a folder of its own, where a core goes as well.
    private Target Start(string interpreter, out Dictionary<string, (string?, string?)> said, string shell)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        Target target = Target.StartSilent(
            shell.Length == 0 ? found : found with { Command = ["/bin/sh", "-c", shell + "exec \"$@\"", "sh", .. found.Command] },
            "thread_facts.py",
            new() { WorkingDirectory = shell.Length > 0 ? _folder.Path : null, IsKilledAtEnd = true });
        using var line = JsonDocument.Parse(target.ReadLine());
        said = line.RootElement.GetProperty("facts").EnumerateArray().ToDictionary(
            one => one.GetProperty("function").GetString()!, one => (one.GetProperty("name").GetString(), one.GetProperty("exception").GetString()));
        int count = said.Count;
        Wait.Until(() => ProcOracle.Threads(target.ProcessId).Count == count, "the reporter does not end");
        return target;
    }

    private static Dictionary<string, (string?, string?)> Told(PyThread[] threads)
        => threads.ToDictionary(FunctionOf, thread => (thread.PythonName, thread.Exception));

    // The function that waits, or spins.
    private static string FunctionOf(PyThread thread)
    {
        List<string?> functions = [.. thread.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function)];
        return functions.LastIndexOf("wait_here") is > 0 and int place ? functions[place - 1]! : functions[^1]!;
    }

    private static Dictionary<int, char> States(Target target)
        => ProcOracle.Threads(target.ProcessId).ToDictionary(id => id, id => ProcOracle.State(target.ProcessId, id));

    private static char LetterOf(PyThreadState state) => state switch
    {
        PyThreadState.Running => 'R',
        PyThreadState.Sleeping => 'S',
        _ => '?',
    };

    // User and kernel time, fields 14 and 15 of stat, in hundredths of a second.
    private static Dictionary<int, double> Times(Target target) => ProcOracle.Threads(target.ProcessId).ToDictionary(
        id => id,
        id =>
        {
            string stat = File.ReadAllText($"/proc/{target.ProcessId}/task/{id}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (long.Parse(fields[11], null) + long.Parse(fields[12], null)) / 100.0;
        });
}
