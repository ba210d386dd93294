using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Reports;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Native and Python frames in one stack, in every version and situation.</summary>
public sealed class MergedStackTests
{
    /// <summary>Every thread is merged, and its Python frames are those that the target says. (The rows are those of <see cref="LiveStackTests"/>.)</summary>
    internal static void AssertEveryThreadIsMerged(Target target, string interpreter, string situation)
    {
        PyThread[] threads = [];
        // A thread that runs may be met in what the JIT made, where nothing tells its caller: another time it is elsewhere.
        Wait.Until(
            () => (threads = Captures.Once(target, Captures.Native)).All(thread => thread.IsMerged == true) || !IsCompiling(interpreter, situation),
            "not all threads are merged");

        OracleComparison.AssertAgrees(target, PythonFrames.Of(threads));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, $"{thread} is not merged"));
        Assert.All(threads, thread => Assert.True(thread.IsCoherent, $"{thread} is not coherent"));
        Assert.All(threads, thread => Assert.True(thread.Warnings.Length == 0 || IsCompiling(interpreter, situation), string.Join(' ', thread.Warnings)));
        AssertEndsInRead(target, threads);
        Assert.Equal("", ProcOracle.Held(target.ProcessId));
        TestReport.Situation(interpreter, "native frames merged");
    }

    /// <summary>Without a stop every blocked thread is merged.</summary>
    internal static void AssertBlockedThreadsAreMergedWithoutAStop(Target target, string interpreter, string situation)
    {
        PyThread[] threads = Captures.Once(target, Captures.Native with { NoBlock = true });

        PyThread[] blocked = [.. threads.Where(thread => Blocked(target).Contains(thread.ThreadId))];
        Assert.All(threads, thread => Assert.Equal(TimeSpan.Zero, thread.Pause));
        Assert.All(blocked, thread => Assert.True(thread.IsMerged == true || IsCompiling(interpreter, situation), $"{thread} is not merged"));
        Assert.All(blocked, thread => Assert.True(thread.IsCoherent, $"{thread} is not coherent"));
        Assert.All(threads.Where(thread => thread.Warnings.Length > 0), thread => TestReport.Note($"{interpreter}, {situation}, without a stop: {string.Join(' ', thread.Warnings)}"));
        AssertEndsInRead(target, [.. threads.Where(thread => thread.IsMerged == true)]);
        TestReport.Situation(interpreter, "native frames merged without a stop");
    }

    // What the JIT makes has no unwind information: it is passed by searching the stack, which is said.
    private static bool IsCompiling(string interpreter, string situation)
        => interpreter.Contains("JIT", StringComparison.Ordinal) || situation.Contains("compiled at run time", StringComparison.Ordinal);

    // A thread that waits in os.read has the C library's read behind its last Python frame.
    private static void AssertEndsInRead(Target target, PyThread[] threads)
    {
        foreach (PyThread thread in threads.Where(thread => Blocked(target).Contains(thread.ThreadId)))
        {
            int last = Array.FindLastIndex<PyFrame>([.. thread.Frames], frame => frame.Kind == PyFrameKind.Python);
            Assert.Contains(thread.Frames[(last + 1)..], frame => frame.Function?.EndsWith("read", StringComparison.Ordinal) == true);
            Assert.Contains(thread.Frames, frame => frame.Kind == PyFrameKind.Native && frame.Index == 0);
        }
    }

    private static HashSet<int> Blocked(Target target)
        => [.. target.Oracle.Threads.Where(thread => !thread.IsRunning).Select(thread => thread.ThreadId!.Value)];

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_running_thread_is_sampled_without_a_stop(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "spinning.py");
        int running = target.Oracle.Threads.Single(thread => thread.IsRunning).ThreadId!.Value;
        PyThread spinning = null!;

        // Its Python frames are of another moment than the sample, so that they fit each other only mostly.
        Wait.Until(
            () => (spinning = Captures.Once(target, Captures.Native with { NoBlock = true }).Single(thread => thread.ThreadId == running)).IsMerged == true,
            "the running thread is never merged");

        Assert.False(spinning.IsCoherent);
        Assert.Contains(spinning.Frames, frame => frame.Kind == PyFrameKind.Native);
        TestReport.Situation(interpreter, "a running thread sampled without a stop");
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Only_what_stands_behind_the_last_Python_frame_is_shown_if_that_is_wanted(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "ctypes_callback.py");
        Captures.InBothModes(noBlock => AssertOnlyTheLastIsShown(target, noBlock));
    }

    private static void AssertOnlyTheLastIsShown(Target target, bool noBlock)
    {
        PyThread thread = Assert.Single(Captures.Once(target, Captures.Native with { Native = NativeMode.Last, NoBlock = noBlock }));

        int last = Array.FindLastIndex<PyFrame>([.. thread.Frames], frame => frame.Kind == PyFrameKind.Python);
        Assert.True(thread.IsMerged);
        Assert.Equal("compare", thread.Frames[last].Function);
        Assert.All(thread.Frames[..last], frame => Assert.Equal(PyFrameKind.Python, frame.Kind));
        Assert.NotEmpty(thread.Frames[(last + 1)..]);
        OracleComparison.AssertAgrees(target, PythonFrames.Of([thread]));
    }

    [Theory]
    [MemberData(nameof(SubinterpreterTests.Interpreters), MemberType = typeof(SubinterpreterTests))]
    public void Native_frames_stand_with_the_interpreter_that_they_lead_to(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "subinterpreters.py");
        int other = (int)target.ReadNumber();
        PyThread[] threads = [];
        Wait.Until(
            () => (threads = Captures.Once(target, Captures.Native)).Select(one => one.ThreadId).Distinct().Count() == 2,
            "the watcher does not end");

        Assert.Equal(
            [(target.ProcessId, 0L, 0), (target.ProcessId, threads[1].InterpreterId, 1), (other, 0L, 0), (other, threads[3].InterpreterId, 1)],
            threads.Select(one => (one.ThreadId, one.InterpreterId, one.Part)));
        Assert.All(threads, thread => Assert.True(thread.IsMerged, $"{thread} is not merged"));
        Assert.Equal(["nested", "inner", "nested", "inner"], threads.Select(one => one.Frames.Last(frame => frame.Kind == PyFrameKind.Python).Function));
        Assert.Equal([PyFrameKind.Python, PyFrameKind.Native, PyFrameKind.Python, PyFrameKind.Native], threads.Select(one => one.Frames[^1].Kind));
    }
}
