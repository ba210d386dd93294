using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.Engine.Capture;
using PyStack.Engine.Python.Repr;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>
/// Nothing is allocated on the managed heap while the target stands still, by either thread of the pause: so no collection begins there, and none has to be
/// held off.
/// </summary>
public sealed class PauseAllocationTests
{
    [Theory]
    [MemberData(nameof(Rows.OnePerSeries), MemberType = typeof(Rows))]
    public void A_pause_allocates_nothing(string interpreter)
    {
        Interpreter found = InterpreterSet.Named(interpreter);
        int least = found.IsAtLeast(3, 6) && !found.IsFreeThreaded ? 1 : 50;
        using Target target = Target.StartSilent(found, "many_sleepers.py", new() { Arguments = ["50"], IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        foreach (StackOptions options in (StackOptions[])[
            Captures.Blocking,
            Captures.Native,
            Captures.Blocking with { Locals = new ValueOptions() },
            Captures.Blocking with { Native = NativeMode.AllThreads, Locals = new ValueOptions() }])
        {
            using StackSession session = Captures.Open(target.ProcessId, options);
            List<long> allocated = [];
            for (int i = 0; i < 12 && allocated.Count(bytes => bytes == 0) < 3; i++)
            {
                Assert.NotEmpty(session.Take());
                Assert.True(session.LastPause?.Threads >= least);
                allocated.Add(session.LastPause!.Value.AllocatedBytes);
            }

            // A collection that another test sets off counts what is left of the thread's 8 KB as allocated, and the runtime may make a table of its own larger.
            Assert.True(allocated.Count(bytes => bytes == 0) >= 3, $"native {options.Native}, locals {options.Locals is not null}: {string.Join(", ", allocated)} bytes");
        }
    }

    /// <summary>A thread that rests is caught between nothing: one capture is enough.</summary>
    [Theory]
    [MemberData(nameof(Rows.OldestAndNewest), MemberType = typeof(Rows))]
    public void A_call_on_threads_at_rest_stops_the_target_once(string interpreter)
    {
        using Target target = Target.Start(InterpreterSet.Named(interpreter), "many_threads.py");
        using StackSession session = Captures.Open(target.ProcessId, Captures.Native);

        PyThread[] threads = session.Take();

        Assert.Equal(1, session.LastBudget?.Stops);
        Assert.All(threads, thread => Assert.Equal(session.LastPause?.Length ?? TimeSpan.Zero, thread.Pause));
    }
}
