using System.Linq;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>Which thread holds the GIL, and which collects garbage.</summary>
public sealed class GilTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void The_thread_that_collects_garbage_holds_the_lock_and_the_one_that_waits_for_input_does_not(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        Assert.SkipWhen(found.IsFreeThreaded, "a build without the GIL");
        using Target target = Target.Start(found, "collecting.py");
        Captures.InBothModes(noBlock => AssertCollects(target, noBlock));
    }

    private static void AssertCollects(Target target, bool noBlock)
    {
        using StackSession session = Captures.Open(target.ProcessId, noBlock ? Captures.NoBlock : Captures.Blocking);

        // Between two instructions it may have given the lock away for a moment.
        PyThread[] threads = [];
        Wait.Until(
            () =>
            {
                threads = session.Take();
                return threads[^1].Gil == PyGilState.Held;
            },
            "no thread holds the GIL");

        Assert.Equal(["collect", "spin"], threads[^1].Frames.Select(frame => frame.Function).Where(function => function is "collect" or "spin"));
        Assert.Equal((PyGilState.NotHeld, PyGilState.Held), (threads[0].Gil, threads[^1].Gil));
        // Without native frames nobody can tell that the other thread does not wait inside of a finalizer.
        Assert.Equal((null, true), (threads[0].IsCollectingGarbage, threads[^1].IsCollectingGarbage));
        Assert.Equal("Has the GIL,Garbage collecting", threads[^1].Status);
    }
}
