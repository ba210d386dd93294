using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Capture.Freezing;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Capture.Freezing;

/// <summary>How many threads are stopped for the stacks of all, and when the GIL's last holder does not suffice.</summary>
public sealed class FreezeCaptureTests
{
    /// <summary>More than the five milliseconds after which one thread has to give another the GIL.</summary>
    private static readonly TimeSpan SomeTurns = TimeSpan.FromMilliseconds(30);

    /// <summary>Those with a GIL whose holders are counted: 3.6 has it in variables of its own, whose symbols pyenv's have.</summary>
    public static TheoryData<string> WithGil() => [.. InterpreterSet.OnePerSeries.Where(one => one.IsAtLeast(3, 6) && !one.IsFreeThreaded).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(WithGil))]
    public void One_thread_is_stopped_of_fifty(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "many_sleepers.py", new() { Arguments = ["50"], IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);

        // It says that it is ready before it computes.
        PyThread[] threads = [];
        Wait.Until(() => (threads = session.Take()).Any(thread => thread.Frames[^1].Function == "busy"), "the main thread does not compute");

        Assert.Equal(51, threads.Length);
        Assert.All(threads, thread => Assert.Equal((1, true), (thread.StoppedThreads, thread.IsCoherent)));
        Assert.All(threads, thread => Assert.True(thread.Pause > TimeSpan.Zero));
        Assert.Equal(50, threads.Count(thread => thread.Frames[^1].Function == "sleeper"));
        Assert.Equal("busy", threads.Single(thread => thread.Gil == PyGilState.Held).Frames[^1].Function);
        Assert.Equal(FreezeKind.HoldersOnly, ((StoppedCapture)session.Source).Freeze.Kind);
        ProcOracle.AssertRunsFreely(target.ProcessId);
    }

    /// <summary>Without that all 53 threads' frames would be copied in the pause.</summary>
    [Theory]
    [MemberData(nameof(WithGil))]
    public void Where_few_take_turns_only_their_states_are_copied_while_one_is_stopped(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "many_sleepers.py", new() { Arguments = ["50", "2"], IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking with { Locals = new() });
        FreezeCapture freeze = ((StoppedCapture)session.Source).Freeze;
        freeze.After = step => HoldUp(step == FreezeStep.ProcessRead);

        Wait.Until(() => session.Take() is var threads && IsOfThose(threads) && freeze.Kind == FreezeKind.Moved && session.LastPause == freeze.LastPause, "the GIL has not moved");
        Assert.Equal(1, session.LastPause?.Threads);
        ProcOracle.AssertRunsFreely(target.ProcessId);
    }

    private static bool IsOfThose(PyThread[] threads)
    {
        Assert.Equal(53, threads.Length);
        Assert.All(threads, thread => Assert.True(thread.IsCoherent));
        Assert.Equal(50, threads.Count(thread => thread.Frames[^1].Function == "sleeper"));
        return threads.Count(thread => thread.Frames[^1].Function == "busy") == 3;
    }

    // It computes: a sleep would leave the target a processor more than it has otherwise.
    private static void HoldUp(bool isHere)
    {
        long start = Stopwatch.GetTimestamp();
        while (isHere && Stopwatch.GetElapsedTime(start) < SomeTurns)
        {
        }
    }

    [Theory]
    [MemberData(nameof(WithGil))]
    public void Of_native_frames_only_threads_that_run_are_stopped(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "many_sleepers.py", new() { Arguments = ["50"], IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());

        PyThread[] threads = Captures.Once(target, Captures.Blocking with { Native = NativeMode.AllThreads });

        Assert.All(threads, thread => Assert.True(thread.IsCoherent && thread.IsMerged == true, string.Join("; ", thread.Warnings)));
        Assert.All(threads, thread => Assert.InRange(thread.StoppedThreads, 1, 2));
    }

    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_holder_that_has_ended_needs_no_stop(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        Assert.SkipUnless(found.IsAtLeast(3, 7) && !found.IsFreeThreaded, "there is no GIL that counts its holders");
        using Target target = Target.StartSilent(found, "holder_gone.py", new() { IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        Wait.Until(() => ProcOracle.Threads(target.ProcessId).Count == 4, "the last thread does not end");

        foreach (StackOptions options in (StackOptions[])[Captures.Blocking, Captures.Blocking with { Locals = new() }])
        {
            PyThread[] threads = Captures.Once(target, options);

            Assert.Equal(4, threads.Length);
            Assert.All(threads, thread => Assert.Equal((0, TimeSpan.Zero, true), (thread.StoppedThreads, thread.Pause, thread.IsCoherent)));
        }
    }

    /// <summary>The ids in the state are those of a thread that sleeps; to stop that one would prove nothing.</summary>
    [Theory]
    [MemberData(nameof(StatesElsewhere))]
    public void A_state_that_another_thread_uses_stops_all(string interpreter, string how)
    {
        string library = Toolchain.Shared("libelsewhere.so", File.ReadAllText(Programs.PathOf("state_elsewhere.c")), "-shared", "-fPIC", "-pthread");
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "state_elsewhere.py", new() { Arguments = [library, how], IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);

        for (int i = 0; i < 20; i++)
        {
            PyThread thread = Assert.Single(session.Take());

            Assert.Equal((2, true), (thread.StoppedThreads, thread.IsCoherent));
            Assert.Equal(["<module>", "<module>", "outer", "inner"], thread.Frames.Select(frame => frame.Function));
        }
    }

    public static TheoryData<string, string> StatesElsewhere()
    {
        TheoryData<string, string> data = [];
        foreach (Interpreter one in InterpreterSet.OnePerSeries.Where(one => one.IsAtLeast(3, 7) && !one.IsFreeThreaded && one.Command.Count == 1))
        {
            data.Add(one.Name, "busy");
            data.Add(one.Name, "asleep");
        }

        return data;
    }

    [Fact]
    public void Each_interpreter_with_a_GIL_of_its_own_has_a_holder_that_is_stopped()
    {
        Interpreter? found = InterpreterSet.OnePerSeries.FirstOrDefault(one => one.IsAtLeast(3, 12) && !one.IsAtLeast(3, 13) && !one.IsFreeThreaded);
        Assert.SkipWhen(found is null, "there is no 3.12");
        const string Program = """
            import _xxsubinterpreters as subinterpreters, threading
            for _ in range(3):
                one = subinterpreters.create(isolated=True)
                threading.Thread(target=subinterpreters.run_string, args=(one, 'def own():\n    x = 0\n    while True: x += 1\nown()'), daemon=True).start()
            print('ready', flush=True)
            x = 0
            while True: x += 1
            """;
        using Target target = Target.StartCommand([.. found.Command, "-c", Program], new() { IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);

        List<int> stopped = [];
        Wait.Until(() => Running(session.Take(), stopped) == 3, "the interpreters do not begin");

        Assert.Equal(4, stopped[^1]);
    }

    private static int Running(PyThread[] threads, List<int> stopped)
    {
        stopped.Add(threads[0].StoppedThreads);
        Assert.All(threads, thread => Assert.True(thread.IsCoherent));
        return threads.Count(thread => thread.Frames.Length > 0 && thread.Frames[^1].Function == "own");
    }
}
