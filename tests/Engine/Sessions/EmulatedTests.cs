using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Discovery;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Sessions.NativeStacks;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>A Python inside of valgrind or of QEMU's user mode: its stacks are what it says of itself, and the emulator is named and has no frames there.</summary>
public sealed class EmulatedTests
{
    private static readonly string[] Valgrind = ["valgrind", "-q", "--tool=none"];
    private static readonly string[] Qemu = ["qemu-x86_64"];

    // Before 3.11 the id of a thread is found by its pthread_t, which in an emulator no register has.
    public static TheoryData<string, string> Emulated()
    {
        Interpreter[] here = [.. InterpreterSet.OnePerSeries.Where(one => !one.HasOwnRoot)];
        return [.. from emulator in (string[])[Valgrind[0], Qemu[0]] from one in here where one == here[0] || one == here[^1] select (emulator, one.Name)];
    }

    [Theory]
    [MemberData(nameof(Emulated))]
    public void The_frames_are_those_of_the_program_and_the_emulator_is_named(string emulator, string interpreter)
    {
        SkipUnlessInstalled(emulator);
        Interpreter python = InterpreterSet.Named(interpreter);
        string[] command = emulator == Qemu[0] ? Qemu : Valgrind;
        using Target target = Target.StartSilent(python with { Command = [.. command, .. python.Command] }, "one_thread.py");
        OracleReport report = OracleReport.Parse(target.ReadLine());
        Wait.Until(() => !ProcOracle.Threads(target.ProcessId).Contains(report.Reporter), "the reporter does not end"); // the emulator may have threads of its own

        Captures.InBothModes(noBlock =>
        {
            RecordingLog log = new();
            using StackSession session = StackSession.OpenProcess(
                target.ProcessId, Captures.Blocking with { NoBlock = noBlock, Native = NativeMode.AllThreads }, log, TestContext.Current.CancellationToken);

            Assert.Equal("", OracleComparison.Differences(report, session.Take()));
            Assert.Contains(log.Warnings, line => line.Contains($" runs under {emulator}: ", StringComparison.Ordinal) && line.Contains("Native frames are left out", StringComparison.Ordinal));
        });
        Assert.Contains(PythonProcesses.List(), process => process.ProcessId == target.ProcessId);
        TestReport.Situation(interpreter, $"under {emulator}");
    }

    [Fact]
    public void A_program_without_Python_is_said_to_run_under_its_emulator_and_what_helps()
    {
        SkipUnlessInstalled(Qemu[0]);
        using Target target = Target.StartCommand([.. Qemu, "/bin/cat"]);
        target.WriteLine("runs");
        Assert.Equal("runs", target.ReadLine());

        EngineException error = Assert.Throws<EngineException>(() => Captures.Once(target, Captures.Blocking));

        Assert.Equal(EngineError.NotPython, error.Error);
        Assert.Contains("runs under qemu-x86_64", error.Message, StringComparison.Ordinal);
        Assert.Contains("docker run without --platform", error.RecommendedAction, StringComparison.Ordinal);
    }

    private static void SkipUnlessInstalled(string tool)
    {
        IEnumerable<string> folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, tool))), $"{tool} is not installed (tests/machines.sh)");
    }
}
