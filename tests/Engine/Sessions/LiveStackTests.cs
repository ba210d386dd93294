using System;
using System.Linq;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

public sealed class LiveStackTests
{
    /// <summary>Each situation of each interpreter, which is started once: with stops and without, Python's frames alone and native ones with them.</summary>
    [Theory]
    [MemberData(nameof(Situation.WithEveryInterpreter), MemberType = typeof(Situation))]
    public void In_every_mode_the_stacks_are_those_that_the_target_says_it_has(string interpreter, string situation)
    {
        using Target target = Situation.Start(interpreter, situation);

        // First without a stop, while all threads sleep that shall: see Captures.InBothModes.
        Assert.Multiple(
            () => AssertStacksAreTheSameWithoutAStop(target),
            () => MergedStackTests.AssertBlockedThreadsAreMergedWithoutAStop(target, interpreter, situation),
            () => AssertStacksAreTheTargets(target),
            () => MergedStackTests.AssertEveryThreadIsMerged(target, interpreter, situation));
    }

    private static void AssertStacksAreTheTargets(Target target)
    {
        PyThread[] threads = Captures.Once(target, Captures.Blocking);

        OracleComparison.AssertAgrees(target, threads);
        Assert.All(threads, thread => Assert.Equal(thread.StoppedThreads > 0, thread.Pause > TimeSpan.Zero));
        Assert.All(threads, thread => Assert.True(thread.IsCoherent, $"{thread} is not coherent"));
        Assert.Equal("", ProcOracle.Held(target.ProcessId));
    }

    private static void AssertStacksAreTheSameWithoutAStop(Target target)
    {
        PyThread[] threads = Captures.Once(target, Captures.NoBlock);

        OracleComparison.AssertAgrees(target, threads);
        Assert.All(threads, thread => Assert.Equal(TimeSpan.Zero, thread.Pause));
        var blocked = target.Oracle.Threads.Where(thread => !thread.IsRunning).Select(thread => thread.ThreadId!.Value).ToHashSet();
        Assert.All(threads.Where(thread => blocked.Contains(thread.ThreadId)), thread => Assert.True(thread.IsCoherent, $"{thread} is not coherent"));
    }
}
