using System;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tests.Elf;
using PyStack.TestSupport;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Threads of which only native frames tell something: what they wait for, or that they are there at all.</summary>
public sealed class NativeThreadTests
{
    private static readonly StackOptions All = Captures.Native with { Native = NativeMode.AllThreads };

    // A stripped interpreter has no name for take_gil, which is no exported function.
    public static TheoryData<string> WithSymbols()
        => [.. InterpreterSet.All.Where(one => one.Name.Contains("pyenv", StringComparison.Ordinal) && one.IsAtLeast(3, 2)).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(WithSymbols))]
    public void A_thread_that_waits_for_the_GIL_says_so(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "holds_the_lock.py");
        Assert.Equal("held", target.ReadLine());
        Captures.InBothModes(noBlock =>
        {
            PyThread[] threads = [];

            Wait.Until(
                () => (threads = Captures.Once(target, Captures.Native with { NoBlock = noBlock })).Length == 4
                    && threads[0].Gil == PyGilState.Held && threads.Count(thread => thread.Gil == PyGilState.Waiting) == 3,
                "the threads are not seen to wait");

            Assert.All(threads[1..], thread => Assert.Equal("Waiting for the GIL", thread.Status));
        });
    }

    // Without a stop no thread stays there for long enough to be sure of it.
    [Theory]
    [MemberData(nameof(WithSymbols))]
    public void A_thread_that_drops_the_GIL_says_so(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "switching.py");
        Assert.Equal("switching", target.ReadLine());
        using StackSession session = Captures.Open(target.ProcessId, Captures.Native);
        PyThread? dropping = null;

        Wait.Until(() => (dropping = session.Take().FirstOrDefault(thread => thread.Gil == PyGilState.Dropping)) is not null, "no thread is seen to drop the lock");

        Assert.Equal("Dropping the GIL", dropping!.Status);
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void All_threads_of_an_interpreter_that_shuts_down_are_shown(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "finalizing_beside_others.py");
        Assert.Equal("finalizing", target.ReadLine());
        Wait.Until(() => ProcOracle.IsReading(target.ProcessId, target.ProcessId), "the main thread does not get to its end");
        Captures.InBothModes(noBlock =>
        {
            PyThread[] threads = Captures.Once(target, All with { NoBlock = noBlock });

            Assert.Equal(ProcOracle.Threads(target.ProcessId).Order(), threads.Select(thread => thread.ThreadId).Order());
            Assert.All(threads, thread => Assert.Contains(thread.Frames, frame => frame.Kind == PyFrameKind.Native));
            Assert.Contains(threads.Single(thread => thread.ThreadId == target.ProcessId).Frames, frame => frame.Function == "__del__");
        });
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void Threads_that_Python_does_not_know_are_shown_if_all_are_wanted(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        Assert.SkipWhen(found.HasOwnRoot, "the library of the test is outside of its root");
        string library = Toolchain.Shared(
            "libnative.so", System.IO.File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-g", "-pthread");
        using Target target = Target.StartSilent(found, "native.py", new() { Arguments = [library, "threads", "5"] });
        _ = target.ReadLine();
        Wait.Until(() => ProcOracle.Threads(target.ProcessId).Count == 6, "the threads do not come");
        Captures.InBothModes(noBlock => AssertNativeThreadsAreShown(target, library, noBlock));
    }

    private static void AssertNativeThreadsAreShown(Target target, string library, bool noBlock)
    {
        // Each of them is there before it waits.
        PyThread[] threads = [];
        Wait.Until(
            () => (threads = Captures.Once(target, All with { NoBlock = noBlock })).All(thread => thread.IsCoherent && thread.Frames.Any(frame => frame.Function == "wait_for_end" || thread.InterpreterId == 0)),
            "the threads do not come to wait");
        PyThread[] known = Captures.Once(target, Captures.Native with { NoBlock = noBlock });

        Assert.Equal(6, threads.Length);
        Assert.Single(known);
        Assert.Equal(threads[0].StackHash, known[0].StackHash);
        foreach (PyThread thread in threads[1..])
        {
            Assert.Equal((-1L, "", true), (thread.InterpreterId, thread.Status, thread.IsCoherent));
            Assert.Contains("body", thread.Frames.Select(frame => frame.Function));
            Assert.Equal("wait_for_end", thread.Frames.Last(frame => frame.Library == library).Function);
            Assert.All(thread.Frames, frame => Assert.Equal(PyFrameKind.Native, frame.Kind));
        }
    }

    [Fact]
    public void A_thousand_native_threads_are_all_there()
    {
        using Target target = Native("threads", "1000");
        Wait.Until(() => ProcOracle.Threads(target.ProcessId).Count == 1001, "the threads do not come");
        PyThread[] threads = [];

        Wait.Until(
            () => (threads = Captures.Once(target, All)).Count(thread => thread.Frames.Any(frame => frame.Function == "wait_for_end")) == 1000,
            "the threads do not come to wait");

        Assert.Equal(1001, threads.Length);
        Assert.All(threads[1..], thread => Assert.Empty(thread.Warnings));
        Assert.Single(threads[1..].Select(thread => thread.StackHash).Distinct());
    }

    private static Target Native(string function, string argument)
    {
        string library = Toolchain.Shared(
            "libnative.so", System.IO.File.ReadAllText(Programs.PathOf("native.c")), "-shared", "-fPIC", "-g", "-pthread");
        Target target = Target.StartSilent(InterpreterSet.Any, "native.py", new() { Arguments = [library, function, argument] });
        _ = target.ReadLine();
        return target;
    }

    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_process_whose_interpreter_has_ended_still_shows_its_native_threads(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "finalized.py");
        Assert.Equal("finalized", target.ReadLine());
        Captures.InBothModes(noBlock => AssertWaitsInExit(target, noBlock));
    }

    private static void AssertWaitsInExit(Target target, bool noBlock)
    {
        PyThread[] threads = [];
        Wait.Until(() => (threads = Captures.Once(target, All with { NoBlock = noBlock })).Any(thread => thread.Frames.Any(frame => frame.Function?.EndsWith("read", StringComparison.Ordinal) == true)), "it does not wait in read");

        PyThread thread = Assert.Single(threads);
        Assert.Equal(target.ProcessId, thread.ThreadId);
        Assert.Contains(thread.Frames, frame => frame.Function?.Contains("exit", StringComparison.Ordinal) == true);
    }
}
