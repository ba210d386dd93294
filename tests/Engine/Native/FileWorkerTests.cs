using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Native;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Engine.Tests.Native;

/// <summary>Work on files that may never come back.</summary>
public sealed class FileWorkerTests : IDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly FileWorker _worker = new(mostLeftBehind: 3);
    private readonly ManualResetEventSlim _answer = new();

    public void Dispose() => _answer.Set();

    [Fact]
    public void What_does_not_answer_is_given_up_after_its_time_and_noted()
    {
        FileBudget budget = new(Short, 10, CancellationToken.None);

        Assert.False(_worker.TryRun(new BlockingJob("a file", _answer), budget));

        Assert.Equal([new FileTrouble("a file", "did not answer within 0.05 s", IsUnanswered: true)], budget.Troubles);
        Assert.Equal(1, _worker.LeftBehind);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait()
    {
        using CancellationTokenSource cancellation = new();
        FileBudget budget = new(Wait.Limit * 10, 10, cancellation.Token);
        BlockingJob job = new("a file", _answer);
        Task<bool> run = Task.Run(() => _worker.TryRun(job, budget), TestContext.Current.CancellationToken);
        Assert.True(job.Started.Wait(Wait.Limit, TestContext.Current.CancellationToken));

        await cancellation.CancelAsync();

        Assert.False(await run.WaitAsync(Wait.Limit, TestContext.Current.CancellationToken));
        Assert.Empty(budget.Troubles);
    }

    [Fact]
    public void Another_file_of_a_disk_that_does_not_answer_is_not_waited_for()
    {
        FileBudget budget = new(Short, 10, CancellationToken.None);
        Assert.False(_worker.TryRun(new BlockingJob("one", _answer, "device 1:2"), budget));
        QuickJob other = new("two", "device 1:2");

        Assert.False(_worker.TryRun(other, budget));

        Assert.False(other.HasRun);
        Assert.Equal(new FileTrouble("two", "was not read, because its disk, or several others, did not answer", IsUnanswered: true), budget.Troubles[1]);
        Assert.True(_worker.TryRun(new QuickJob("three", "device 1:3"), budget));
    }

    [Fact]
    public void When_so_many_files_of_a_call_did_not_answer_others_have_little_time()
    {
        FileBudget budget = new(TimeSpan.FromMilliseconds(500), mostUnanswered: 1, CancellationToken.None);
        Assert.False(_worker.TryRun(new BlockingJob("one", _answer), budget));
        Assert.False(_worker.TryRun(new BlockingJob("two", _answer), budget));

        Assert.Equal(["did not answer within 0.5 s", "did not answer within 0.2 s"], budget.Troubles.Select(trouble => trouble.Problem));
        Assert.Equal(FileBudget.LimitWhenSpent, budget.Limit);
    }

    [Fact]
    public void No_more_threads_are_left_behind_than_allowed_and_what_comes_back_is_used_again()
    {
        for (int i = 0; i < 5; i++)
        {
            Assert.False(_worker.TryRun(new BlockingJob($"file {i}", _answer), new FileBudget(Short, 10, CancellationToken.None)));
        }

        Assert.Equal(3, _worker.LeftBehind);
        Assert.False(_worker.TryRun(new QuickJob("another"), new FileBudget(Short, 10, CancellationToken.None)));

        _answer.Set();

        Wait.Until(() => _worker.LeftBehind == 0, "the threads do not come back");
        Assert.True(_worker.TryRun(new QuickJob("file 0"), new FileBudget(Wait.Limit, 10, CancellationToken.None)));
    }

    [Fact]
    public void What_was_left_behind_gives_back_what_it_holds_when_it_is_done()
    {
        BlockingJob job = new("a file", _answer);
        Assert.False(_worker.TryRun(job, new FileBudget(Short, 10, CancellationToken.None)));

        _answer.Set();

        Assert.True(job.Discarded.Wait(Wait.Limit, TestContext.Current.CancellationToken));
    }

    /// <summary>A session that has given a job up closes its files, and the job may begin after that.</summary>
    [Fact]
    public void What_a_job_throws_reaches_its_caller_and_ends_no_thread()
    {
        FileBudget budget = new(Wait.Limit, 10, CancellationToken.None);

        Assert.Throws<ObjectDisposedException>(() => _worker.TryRun(new ThrowingJob(), budget));

        QuickJob next = new("a file");
        Assert.True(_worker.TryRun(next, budget));
        Assert.True(next.HasRun);
    }

    [Fact]
    public void One_thread_does_the_jobs_one_after_the_other()
    {
        HashSet<int> threads = [];
        for (int i = 0; i < 50; i++)
        {
            QuickJob job = new("a file");
            Assert.True(_worker.TryRun(job, new FileBudget(Wait.Limit, 10, CancellationToken.None)));
            threads.Add(job.ThreadId);
        }

        // A second one comes in where a caller is back before its thread is.
        Assert.InRange(threads.Count, 1, 2);
    }

    private sealed class QuickJob(string name, string? device = null) : FileJob(name, device, rights: null)
    {
        public bool HasRun { get; private set; }

        public int ThreadId { get; private set; }

        public override void Run() => (HasRun, ThreadId) = (true, Environment.CurrentManagedThreadId);

        public override void RunWithOwnRights()
        {
        }

        public override void Discard()
        {
        }
    }

    private sealed class ThrowingJob() : FileJob("a file", device: null, rights: null)
    {
        public override void Run() => throw new ObjectDisposedException("a handle");

        public override void RunWithOwnRights() => Run();

        public override void Discard()
        {
        }
    }

    private sealed class BlockingJob(string name, ManualResetEventSlim answer, string? device = null) : FileJob(name, device, rights: null)
    {
        public ManualResetEventSlim Started { get; } = new();

        public ManualResetEventSlim Discarded { get; } = new();

        public override void Run()
        {
            Started.Set();
            answer.Wait();
        }

        public override void RunWithOwnRights()
        {
        }

        public override void Discard() => Discarded.Set();
    }
}
