using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;
using PyStack.Engine.Targets.Live;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>What processes do while they are sampled: they end, begin another program, are stopped, fork.</summary>
public sealed class ProcessSamplerTests
{
    private static readonly ProfileOptions Second = new() { Rate = 1000, Duration = TimeSpan.FromSeconds(1) };

    [Fact]
    public void A_process_that_ends_gives_what_there_is_and_a_warning()
    {
        using Target target = Start("four");
        PyProfile profile = Measured.Run(target.ProcessId, Second with { Duration = TimeSpan.FromMinutes(5) }, () => new Thread(() =>
        {
            Thread.Sleep(300);
            target.Kill();
        }).Start());
        Assert.True(profile.Samples > 0);
        Assert.InRange(profile.DurationSeconds, 0.01, 60);
        Assert.Contains(profile.Warnings, warning => warning.StartsWith("The process ended", StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_that_begins_another_program_gives_what_there_is_of_the_first_one()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "", new()
        {
            InterpreterOptions = ["-c", "import os, signal\ndef first(*_):\n    n = 0\n    while n < 5_000_000: n += 1\n    os.execvp('sleep', ['sleep', '600'])\nsignal.signal(signal.SIGUSR1, first)\nprint('ready', flush=True)\nwhile True: signal.pause()"],
            IsKilledAtEnd = true,
        });
        Assert.Equal("ready", target.ReadLine());
        PyProfile profile = Measured.Run(target.ProcessId, Second with { Duration = TimeSpan.FromMinutes(5) }, () => Signals.Send(target.ProcessId, Signals.User1));
        Assert.Contains(profile.Warnings, warning => warning.Contains("began another program", StringComparison.Ordinal));
        Assert.Contains(profile.Stacks, stack => stack.Frames[^1].Function == "first");
        Assert.All(profile.Stacks, stack => Assert.Equal("<module>", stack.Frames[0].Function));
    }

    [Fact]
    public void A_stopped_process_is_sampled_as_one_that_waits()
    {
        using Target target = Start("four");
        Signals.Send(target.ProcessId, Signals.Stop);
        Wait.Until(() => ProcOracle.Threads(target.ProcessId).All(thread => File.ReadAllText($"/proc/{target.ProcessId}/task/{thread}/stat").Contains(") T ", StringComparison.Ordinal)), "the target is not stopped");
        PyProfile profile = Measured.Run(target.ProcessId, Second);
        Signals.Send(target.ProcessId, Signals.Continue);
        Assert.True(profile.Samples > 0);
        Assert.All(profile.Stacks, stack => Assert.True(stack.IsIdle));
        Assert.Equal(2, profile.Stacks.Count);
    }

    [Fact]
    public void Threads_that_begin_and_end_have_the_names_that_the_program_gives_them()
    {
        using Target target = Target.StartSilent(InterpreterSet.Any, "", new()
        {
            InterpreterOptions =
            [
                "-c",
                "import threading, time\ndef work():\n    n = 0\n    while n < 400_000: n += 1\nprint('ready', flush=True)\nwhile True:\n    for name in 'anna', 'boris':\n        t = threading.Thread(target=work, name=name)\n        t.start()\n        t.join()",
            ],
            IsKilledAtEnd = true,
        });
        Assert.Equal("ready", target.ReadLine());
        PyProfile profile = Measured.Run(target.ProcessId, Second with { Duration = TimeSpan.FromSeconds(2) });
        PyProfileStack[] work = [.. profile.Stacks.Where(stack => stack.Frames.Any(frame => frame.Function == "work"))];
        Assert.Contains(work, stack => stack.ThreadName == "anna");
        Assert.Contains(work, stack => stack.ThreadName == "boris");
        Assert.Contains(profile.Stacks, stack => stack.ThreadName == "MainThread" && stack.IsIdle);

        // Nearly all of the time one of them is alive; each is seen from the next list of threads on, which is read the more seldom the longer that takes.
        Assert.True(work.Sum(stack => stack.Count) > 0.25 * profile.Stacks.Where(stack => stack.ThreadName == "MainThread").Sum(stack => stack.Count));
    }

    [Fact]
    public void Sampling_allocates_only_where_something_is_new()
    {
        using Target target = Start("four", "sleeps");
        using StackSession session = Captures.Open(target.ProcessId, Captures.NoBlock);
        using ProcessSampler sampler = new((LiveProcess)session.Target, session.Runtimes, PyProfileMode.Wall, Limits.Default);
        for (int i = 0; i < 2000; i++)
        {
            sampler.Sample(Stopwatch.GetTimestamp());
        }

        int without = 0;
        for (int i = 0; i < 2000; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            sampler.Sample(Stopwatch.GetTimestamp());
            without += GC.GetAllocatedBytesForCurrentThread() == before ? 1 : 0;
        }

        // In the others the list of threads was read, or a stack was new.
        Assert.InRange(without, 1800, 2000);
    }

    [Fact]
    public void Source_files_are_taken_at_the_end()
    {
        using Target target = Start("four");
        PyProfile profile = Measured.Run(target.ProcessId, Second);
        PyProfileSource source = Assert.Single(profile.Sources, one => one.File.EndsWith("shares.py", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllText(Programs.PathOf("profile/shares.py")), source.Text);
        Assert.False(source.IsNewer);
        Assert.InRange(profile.SamplerCpuSeconds, 1e-6, 2);
    }

    private static Target Start(params string[] threads)
    {
        Target target = Target.StartSilent(InterpreterSet.Any, "profile/shares.py", new() { Arguments = threads });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }
}
