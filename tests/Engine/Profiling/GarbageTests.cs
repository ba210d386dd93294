using System;
using System.Linq;
using PyStack.Engine.Profiling;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Profiling;

/// <summary>The time of the garbage collector is seen.</summary>
public sealed class GarbageTests
{
    /// <summary>Without a GIL nothing says which thread it is that collects.</summary>
    public static TheoryData<string> Versions() => [.. InterpreterSet.OnePerSeries.Where(one => one.IsAtLeast(3, 6)).Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_thread_that_collects_garbage_is_shown_so_and_another_one_is_not(string interpreter)
    {
        using Target target = Target.StartSilent(InterpreterSet.Named(interpreter), "profile/shares.py", new() { Arguments = ["garbage", "four"] });
        Assert.Equal("ready", target.ReadLine());
        PyProfile profile = Measured.Run(target.ProcessId, new ProfileOptions { Rate = 2000, Duration = TimeSpan.FromSeconds(1) });
        PyProfileStack[] inside = [.. profile.Stacks.Where(stack => stack.Frames.Any(frame => frame.Function == "collecting"))];
        PyProfileStack[] shown = [.. profile.Stacks.Where(stack => stack.IsCollectingGarbage)];

        Assert.True(shown.Sum(stack => stack.Count) > 0.5 * inside.Where(stack => stack.HasGil == true).Sum(stack => stack.Count), string.Join('\n', inside.Select(stack => $"{stack} {stack.IsIdle} {stack.HasGil}")));
        Assert.All(shown, stack => Assert.Equal("<garbage collection>", stack.Frames[^1].Function));

        // The collector may begin between the reads of a stack, the GIL and the flag.
        Assert.True(shown.Where(stack => stack.ThreadName != "garbage").Sum(stack => stack.Count) <= 0.03 * shown.Sum(stack => stack.Count));
        Assert.Contains(profile.Functions, function => function.Function == "<garbage collection>" && function.Self > 0);
    }
}
