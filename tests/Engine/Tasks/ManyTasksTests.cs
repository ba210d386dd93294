using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using PyStack.Engine.Primitives;
using PyStack.Engine.Sessions;
using PyStack.Engine.Tasks;
using PyStack.Engine.Tests.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Tasks;

/// <summary>A process with a hundred thousand tasks.</summary>
public sealed class ManyTasksTests
{
    private const int Count = 100_000;

    private static Target Start()
    {
        Target target = Target.StartSilent(
            InterpreterSet.All.Last(one => one.Major == 3 && one.Minor is >= 8 and <= 12), "many_tasks.py", new TargetOptions { Arguments = [Count.ToString(CultureInfo.InvariantCulture)], IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    private static PyTask[] Take(Target target, ProgressLog log)
    {
        TaskReader reader = new(TaskOptions.Default, locals: null, Limits.Default, new TaskProgress(log, TimeSpan.Zero));
        using StackSession session = Captures.Open(target.ProcessId, Captures.Blocking with { Also = reader });
        reader.Use(session.Runtimes);
        return session.CaptureTasks(reader, log.Cancellation.Token);
    }

    [Fact]
    public void All_are_read_in_their_order_with_progress_and_share_what_is_equal_and_each_step_of_it_can_be_cancelled()
    {
        using Target target = Start();
        using ProgressLog log = new(cancelAt: null);
        PyTask[] tasks = Take(target, log);

        Assert.Equal(Count + 1, tasks.Length);
        Assert.Equal(Enumerable.Range(1, Count + 1).Select(number => $"Task-{number}"), tasks.Select(task => task.Name));
        Assert.All(tasks, task => Assert.True(task.IsCoherent));
        Assert.Equal(Count + 1, tasks.Select(task => task.Id).Distinct().Count());
        Assert.All(tasks[1..], task => Assert.Same(tasks[1].Frames, task.Frames));
        Assert.Equal("work leaf wait", string.Join(' ', tasks[1].Frames.Select(frame => frame.Function)));
        Assert.NotEmpty(log.Said);

        foreach (string step in (string[])["search", "frames", "objects"])
        {
            using ProgressLog cancelling = new(cancelAt: step);
            Assert.ThrowsAny<OperationCanceledException>(() => Take(target, cancelling));
            // It is the last report: nothing went on after it.
            Assert.StartsWith(step, cancelling.Said[^1], StringComparison.Ordinal);
            ProcOracle.AssertRunsFreely(target.ProcessId);
        }
    }

    [Fact]
    public void Progress_comes_after_a_while_and_not_for_each_task()
    {
        using ProgressLog log = new(cancelAt: null);
        TaskProgress never = new(log, TimeSpan.FromDays(1));
        TaskProgress now = new(log, TimeSpan.Zero);
        for (int i = 1; i <= 1500; i++)
        {
            never.Report("frames", i, 5000);
            now.Report("frames", i, 5000);
        }

        Assert.Equal(["frames, 1,000 of 5,000"], log.Said);
    }

    private sealed class ProgressLog(string? cancelAt) : IEngineLog, IDisposable
    {
        public List<string> Said { get; } = [];

        public CancellationTokenSource Cancellation { get; } = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        public bool IsDebugEnabled => false;

        public void Verbose(string message)
        {
        }

        public void Debug(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Progress(string activity, string status, int percent)
        {
            Said.Add(status);
            if (cancelAt is not null && status.StartsWith(cancelAt, StringComparison.Ordinal))
            {
                Cancellation.Cancel();
            }
        }

        public void Dispose() => Cancellation.Dispose();
    }
}
