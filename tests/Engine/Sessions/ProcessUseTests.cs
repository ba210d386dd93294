using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Targets.Live.Procfs;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>What a process does, takes and runs: the oracles are status and .NET's Process, and files that the test itself replaces.</summary>
public sealed class ProcessUseTests
{
    private const int MostUserTime = 90;

    private static PyProcess Described(int processId)
        => new ProcessDetails(SilentLog.Instance).Describe(new PythonProcesses(SilentLog.Instance).Get(processId))!;

    [Fact]
    public void State_CPU_time_and_memory_are_what_the_kernel_says()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        Wait.Until(() => ProcOracle.State(target.ProcessId, target.ProcessId) == 'S', "it does not sleep");
        using var seen = System.Diagnostics.Process.GetProcessById(target.ProcessId);

        PyProcess process = Described(target.ProcessId);

        Assert.Equal((PyThreadState.Sleeping, seen.TotalProcessorTime.TotalSeconds), (process.State, process.CpuSeconds));
        AssertNear(seen.WorkingSet64, process.WorkingSet);
        Signals.Send(target.ProcessId, Signals.Stop);
        Wait.Until(() => ProcOracle.State(target.ProcessId, target.ProcessId) == 'T', "it does not stop");
        Assert.Equal(PyThreadState.Stopped, Described(target.ProcessId).State);
        Signals.Send(target.ProcessId, Signals.Continue);
    }

    [Fact]
    public void Of_a_process_whose_main_thread_has_ended_it_is_what_the_others_do_and_take()
    {
        using Target target = Target.Start(InterpreterSet.Any, "main_gone.py");
        Wait.Until(() => ProcOracle.State(target.ProcessId, target.ProcessId) == 'Z', "the main thread does not end");
        int other = ProcOracle.Threads(target.ProcessId).First(id => id != target.ProcessId);
        Wait.Until(() => ProcOracle.State(target.ProcessId, other) == 'S', "it does not sleep");
        string resident = File.ReadLines($"/proc/{target.ProcessId}/task/{other}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));

        PyProcess process = Described(target.ProcessId);

        Assert.Equal(PyThreadState.Sleeping, process.State);
        AssertNear(1024 * long.Parse(resident.Split(':', ' ').Last(part => part.All(char.IsDigit) && part.Length > 0), CultureInfo.InvariantCulture), process.WorkingSet);
        Assert.InRange(process.CpuSeconds ?? -1, 0, MostUserTime);
    }

    // The kernel keeps a part of the count for each processor, and adds it up now and then (percpu_counter).
    private static void AssertNear(long expected, long actual) => Assert.InRange(actual, expected - (1 << 20), expected + (1 << 20));

    private const string Stat = "12 (a) b) R 1 1 1 0 -1 4194304 10 0 0 0 150 25 7 7 20 0 1 0 100 0 3";

    [Theory]
    [InlineData(Stat, "Name:\ta\nVmRSS:\t   12 kB\n", PyThreadState.Running, 1.75, 12_288L)]
    [InlineData(Stat, "Name:\tVmRSS:\n", PyThreadState.Running, 1.75, 0L)]
    [InlineData(Stat, "VmRSS:\t-3 kB\n", PyThreadState.Running, 1.75, 0L)]
    [InlineData(Stat, "VmRSS:\t9223372036854775807 kB\n", PyThreadState.Running, 1.75, 0L)]
    [InlineData("12 (a) S 1 1", "", PyThreadState.Sleeping, null, 0L)]
    [InlineData("", "", PyThreadState.Unknown, null, 0L)]
    public void The_fields_are_those_of_stat_and_status(string stat, string status, PyThreadState state, double? seconds, long bytes)
    {
        ProcessUse use = ProcessUse.Parse(Encoding.ASCII.GetBytes(stat), Encoding.ASCII.GetBytes(status));
        Assert.Equal((state, seconds, bytes), (use.State, use.CpuTime?.TotalSeconds, use.WorkingSet));
    }
}
