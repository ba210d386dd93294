using System;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Children of a fork in C that Python was not told of: their thread states have the ids of the parent's threads.</summary>
public sealed class NativeForkTests
{
    private static readonly string[] Modes = ["main", "thread", "deep", "raw", "started"];

    public static TheoryData<string, string> Forks()
    {
        TheoryData<string, string> data = [];
        Interpreter[] series = [.. InterpreterSet.OnePerSeries];
        foreach (Interpreter one in series)
        {
            // From 3.11 on the state has an id that is wrong then; the way is otherwise the same in all versions.
            bool isWhole = one == series[^1] || (one.Major, one.Minor) is (3, 11) or (3, 10);
            foreach (string mode in Modes.Where(mode => isWhole || mode == "thread"))
            {
                data.Add(one.Name, mode);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Forks))]
    public void The_thread_that_lives_has_its_frames_and_the_others_have_ended(string interpreter, string mode)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "native_fork.py", new() { Arguments = [mode] });
        int child = (int)target.ReadNumber();

        AssertIsOneAlive(child, mode, Captures.Blocking);
        AssertIsOneAlive(child, mode, Captures.Blocking with { Native = NativeMode.AllThreads });
        if (mode != "raw")
        {
            AssertIsOneAlive(child, mode, Captures.NoBlock);
            AssertIsOneAlive(child, mode, Captures.NoBlock with { Native = NativeMode.AllThreads });
        }
    }

    // Nothing in the memory of such a child tells which of the states is alive: only the registers do.
    [Fact]
    public void Without_registers_and_without_the_C_librarys_fork_no_thread_is_said_to_have_ended()
    {
        Interpreter? interpreter = InterpreterSet.OnePerSeries.FirstOrDefault(one => one.IsAtLeast(3, 11));
        Assert.SkipWhen(interpreter is null, "there is no 3.11 or later");
        using Target target = Target.StartSilent(interpreter, "native_fork.py", new() { Arguments = ["raw"] });
        int child = (int)target.ReadNumber();
        using StackSession session = Captures.Open(child, Captures.NoBlock);

        PyThread[] threads = session.Take();

        Assert.All(threads, thread => Assert.Equal((0, false), (thread.ThreadId, thread.IsTerminated)));
        Assert.All(threads, thread => Assert.Contains("could not be found", string.Concat(thread.Warnings), StringComparison.Ordinal));
    }

    private static void AssertIsOneAlive(int child, string mode, StackOptions options)
    {
        using StackSession session = Captures.Open(child, options);
        PyThread[] threads = session.Take();

        PyThread[] living = [.. threads.Where(thread => thread.ThreadId != 0)];
        PyThread main = Assert.Single(living, thread => thread.ThreadId == child);
        string[] functions = [.. main.Frames.Where(frame => frame.Kind == PyFrameKind.Python).Select(frame => frame.Function!)];
        Assert.Equal(["from_here", "in_child"], functions[^2..]);
        Assert.False(main.IsTerminated);
        Assert.Equal(mode == "started" ? 2 : 1, living.Length);
        Assert.Equal(mode == "thread" ? 3 : 2, threads.Count(thread => thread.IsTerminated));
        Assert.Equal(living.Length + (mode == "thread" ? 3 : 2), threads.Length);
        if (options.Native != NativeMode.None)
        {
            Assert.All(living, thread => Assert.True(thread.IsMerged, string.Join("; ", thread.Warnings)));
            Assert.Equal(PyFrameKind.Native, main.Frames[^1].Kind);
        }
    }
}
