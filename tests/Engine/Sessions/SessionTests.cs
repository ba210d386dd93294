using System;
using System.Linq;
using System.Threading;
using PyStack.Engine.Capture;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class SessionTests
{
    [Fact]
    public void Several_captures_of_a_session_are_equal_where_nothing_moves()
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_threads.py");
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking);
        string[] hashes = Hashes(session.Take());
        for (int i = 0; i < 20; i++)
        {
            PyThread[] threads = session.Take();
            OracleComparison.AssertAgrees(target, threads);
            Assert.Equal(hashes, Hashes(threads));
        }
    }

    [Fact]
    public void Sessions_one_after_another_see_the_same()
    {
        using Target target = Target.Start(InterpreterSet.Any, "generators.py");
        string[] hashes = Hashes(Captures.Once(target, Captures.Blocking));

        Assert.Equal(hashes, Hashes(Captures.Once(target, Captures.NoBlock)));
        Assert.Equal(hashes, Hashes(Captures.Once(target, Captures.Blocking)));
    }

    [Fact]
    public void Two_sessions_that_are_open_at_once_do_not_disturb_each_other()
    {
        using Target target = Target.Start(InterpreterSet.Any, "functions.py");
        using StackSession first = Captures.Open(target.ProcessId, Captures.Blocking);
        using StackSession second = Captures.Open(target.ProcessId, Captures.Blocking);

        OracleComparison.AssertAgrees(target, first.Take());
        OracleComparison.AssertAgrees(target, second.Take());
        OracleComparison.AssertAgrees(target, first.Take());
    }

    [Fact]
    public void Equal_stacks_have_equal_hashes_and_others_have_not()
    {
        using Target target = Target.Start(InterpreterSet.Any, "many_threads.py");
        using Target twin = Target.Start(InterpreterSet.Any, "many_threads.py");

        PyThread[] threads = Captures.Once(target, Captures.Blocking);

        // Worker n dives n % 20 deep.
        Assert.Equal(1 + 20, Hashes(threads).Distinct().Count());
        Assert.Equal(threads[1].StackHash, threads[21].StackHash);
        Assert.All(threads, thread => Assert.Matches("^[0-9a-f]{16}$", thread.StackHash));
        Assert.Equal(Hashes(threads), Hashes(Captures.Once(twin, Captures.Blocking)));
    }

    [Fact]
    public void The_time_of_the_capture_lies_within_the_call()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        DateTime before = DateTime.Now;
        PyThread thread = Captures.Once(target, Captures.Blocking).Single();

        // The clock of the machine may be set while the test runs.
        Assert.InRange(thread.CapturedAt, before.AddMinutes(-1), DateTime.Now.AddMinutes(1));
        Assert.Equal(DateTimeKind.Local, thread.CapturedAt.Kind);
    }

    [Fact]
    public void A_capture_that_is_cancelled_leaves_the_target_running()
    {
        using Heartbeat beat = new(InterpreterSet.Any, 20);
        using StackSession session = Captures.Open(beat.Target.ProcessId, Captures.Blocking);
        session.Take();
        Random random = new(1);
        int cancelled = 0;
        for (int i = 0; i < 200; i++)
        {
            using CancellationTokenSource cancellation = new();
            cancellation.CancelAfter(TimeSpan.FromMilliseconds(random.Next(4)));
            try
            {
                while (true)
                {
                    session.Capture(cancellation.Token);
                }
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            Assert.Equal("", ProcOracle.Held(beat.Target.ProcessId));
        }

        beat.AssertGoesOn();
        Assert.Equal(200, cancelled);
        Assert.NotEmpty(session.Take());
    }

    [Fact]
    public void A_token_that_was_cancelled_before_ends_the_capture_at_once()
    {
        using Target target = Target.Start(InterpreterSet.Any, "one_thread.py");
        foreach (StackOptions options in new[] { Captures.Blocking, Captures.NoBlock })
        {
            using StackSession session = Captures.Open(target.ProcessId, options);
            Assert.Throws<OperationCanceledException>(() => session.Capture(new CancellationToken(canceled: true)));
        }

        Assert.Throws<OperationCanceledException>(
            () => StackSession.OpenProcess(target.ProcessId, Captures.Blocking, SilentLog.Instance, new CancellationToken(canceled: true)));
        ProcOracle.AssertRunsFreely(target.ProcessId);
    }

    private static string[] Hashes(PyThread[] threads) => [.. threads.Select(thread => thread.StackHash)];
}
