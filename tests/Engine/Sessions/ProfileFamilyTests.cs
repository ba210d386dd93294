using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Discovery;
using PyStack.Engine.Primitives;
using PyStack.Engine.Profiling;
using PyStack.Engine.Sessions;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Sessions;

/// <summary>The processes that begin and end during a measurement.</summary>
public sealed class ProfileFamilyTests
{
    private static readonly ProfileOptions Slow = new() { Rate = 200, Duration = null };

    [Fact]
    public async Task A_worker_that_is_forked_meanwhile_has_a_profile_of_its_own_and_keeps_it_when_it_ends()
    {
        using Target target = Start("forks.py");
        Progress log = new();
        ProfileSession session = new(Slow, log);
        ProfileFamilies families = new(session, ProcessTree.Read, log);
        families.Add(target.ProcessId, CancellationToken.None);
        using CancellationTokenSource end = new();
        Task<PyProfile[]> measuring = Measure(session, families, end.Token);

        target.WriteLine("fork");
        int worker = (int)target.ReadNumber();
        Wait.Until(() => log.Any(", 2 processes, "), "the worker is not measured");
        target.WriteLine("end");
        Assert.Equal("ended", target.ReadLine());
        Wait.Until(() => !session.IsMeasured(worker), "the worker is still measured");
        end.Cancel();
        PyProfile[] profiles = await measuring;

        Assert.Equal([target.ProcessId, worker], profiles.Select(profile => profile.ProcessId));
        Assert.Equal("worker", profiles[1].Functions[0].Function);
        Assert.InRange(profiles[1].DurationSeconds, double.Epsilon, profiles[0].DurationSeconds);
        Assert.True(profiles[1].StartedAt > profiles[0].StartedAt);
        Assert.DoesNotContain(profiles[0].Functions, function => function.Function == "worker");

        // The shell runs no Python: it is left out without an error.
        Assert.Empty(families.Failures());
        Assert.Contains(log.Said, line => line.Contains("(sh) is not a Python process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_measurement_without_a_limit_ends_with_the_last_process()
    {
        using Target target = Start("stuck.py", "quiet");
        Progress log = new();
        ProfileSession session = new(Slow, log);
        session.Add(target.ProcessId, CancellationToken.None);
        Task<PyProfile[]> measuring = Measure(session, null, CancellationToken.None);
        Wait.Until(() => log.Any(" s, "), "it does not measure");
        target.Kill();
        PyProfile profile = Assert.Single(await measuring);
        Assert.NotEqual(0, profile.Samples);
        Assert.Contains(profile.Functions, function => function.Function == "receives" && function.Self > 0);
    }

    [Fact]
    public void Nothing_is_written_if_it_is_cancelled()
    {
        using Target target = Start("stuck.py", "quiet");
        using ProfileSession session = new(Slow, SilentLog.Instance);
        session.Add(target.ProcessId, CancellationToken.None);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => session.Run(null, CancellationToken.None, stop.Token));
    }

    [Fact]
    public void A_process_that_is_added_after_the_end_is_closed()
    {
        using Target target = Start("stuck.py", "quiet");
        ProfileSession session = new(Slow, SilentLog.Instance);
        session.Dispose();
        session.Add(target.ProcessId, CancellationToken.None);
        Assert.Equal(0, session.Count);
    }

    private static Target Start(string program, params string[] arguments)
    {
        Target target = Target.StartSilent(InterpreterSet.Any, program, new() { Arguments = arguments, IsKilledAtEnd = true });
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    private static Task<PyProfile[]> Measure(ProfileSession session, ProfileFamilies? families, CancellationToken end) => Task.Factory.StartNew(
        () =>
        {
            using (session)
            {
                return session.Run(families, end, CancellationToken.None);
            }
        },
        TaskCreationOptions.LongRunning);

    private sealed class Progress : IEngineLog
    {
        private readonly ConcurrentQueue<string> _said = new();

        public IReadOnlyCollection<string> Said => _said;

        public bool IsDebugEnabled => false;

        public bool Any(string text) => _said.Any(line => line.Contains(text, StringComparison.Ordinal));

        public void Verbose(string message) => _said.Enqueue(message);

        public void Debug(string message)
        {
        }

        public void Warning(string message) => _said.Enqueue(message);

        void IEngineLog.Progress(string activity, string status, int percent) => _said.Enqueue(status);
    }
}
