using System;
using System.IO;
using System.Text;
using PyStack.Engine.Targets;
using PyStack.Engine.Targets.Live.Procfs;
using Xunit;

namespace PyStack.Engine.Tests.Targets;

/// <summary>The lines of <c>stat</c> as proc_pid_stat(5) has them.</summary>
public sealed class ThreadFactsReaderTests
{
    private const string Rest = " 1 1 1 0 -1 4194304 10 0 0 0 150 25 0 0 20 0 1 0 100 0 0";

    [Theory]
    [InlineData('R', PyThreadState.Running)]
    [InlineData('S', PyThreadState.Sleeping)]
    [InlineData('D', PyThreadState.DiskSleep)]
    [InlineData('T', PyThreadState.Stopped)]
    [InlineData('t', PyThreadState.Traced)]
    [InlineData('Z', PyThreadState.Zombie)]
    [InlineData('X', PyThreadState.Zombie)]
    [InlineData('I', PyThreadState.Idle)]
    [InlineData('?', PyThreadState.Unknown)]
    public void A_letter_is_a_state(char letter, PyThreadState state)
        => Assert.Equal(new ThreadFacts("worker", state, TimeSpan.FromSeconds(1.75)), Parse($"12 (worker) {letter}{Rest}"));

    [Fact]
    public void A_name_may_have_brackets_spaces_and_line_ends()
        => Assert.Equal(new ThreadFacts(") R (\n", PyThreadState.Sleeping, TimeSpan.FromSeconds(1.75)), Parse($"12 () R (\n) S{Rest}"));

    [Theory]
    [InlineData("")]
    [InlineData("12 (worker")]
    [InlineData("12 (worker)")]
    [InlineData("12 (worker) ")]
    public void What_is_no_such_line_is_no_thread(string line) => Assert.False(new ThreadFactsReader(1).TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Theory]
    [InlineData("12 (worker) S 1 1")]
    [InlineData("12 (worker) S 1 1 1 0 -1 4194304 10 0 0 0 99999999999999999999 25 0")]
    [InlineData("12 (worker) S 1 1 1 0 -1 4194304 10 0 0 0 -5 25 0")]
    public void A_time_that_is_none_is_not_zero(string line) => Assert.Equal(new ThreadFacts("worker", PyThreadState.Sleeping, null), Parse(line));

    [Fact]
    public void Of_ones_own_thread_it_is_what_the_kernel_says_and_of_one_that_does_not_exist_nothing()
    {
        ThreadFactsReader reader = new(Environment.ProcessId);

        Assert.True(reader.TryRead(Environment.ProcessId, out ThreadFacts facts));
        Assert.Equal(File.ReadAllText($"/proc/self/task/{Environment.ProcessId}/comm").TrimEnd('\n'), facts.Name);
        Assert.False(reader.TryRead(1, out _));
    }

    private static ThreadFacts Parse(string line)
    {
        Assert.True(new ThreadFactsReader(1).TryParse(Encoding.UTF8.GetBytes(line), out ThreadFacts facts));
        return facts;
    }
}
