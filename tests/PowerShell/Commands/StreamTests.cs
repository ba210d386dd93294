using System;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using PyStack.Engine.Primitives;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class StreamTests
{
    private static EmbeddedShell ShellThatSays(Action<IEngineLog> speak)
    {
        var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, _, log, _) =>
            {
                speak(log);
                return [Samples.Thread()];
            },
        });
        return shell;
    }

    [Fact]
    public void Verbose_debug_and_warning_go_to_their_streams_with_control_characters_written_out()
    {
        using EmbeddedShell shell = ShellThatSays(log =>
        {
            log.Verbose("v\x1b");
            log.Debug("d\x1b");
            log.Warning("w\x1b");
        });
        shell.Run("Get-PyStack 1 -Verbose -Debug");
        Assert.Equal([@"v\x1b"], shell.Streams.Verbose.Select(r => r.Message));
        Assert.Equal([@"d\x1b"], shell.Streams.Debug.Select(r => r.Message));
        Assert.Equal([@"w\x1b"], shell.Streams.Warning.Select(r => r.Message));
    }

    [Fact]
    public void Debug_alone_tells_everything_and_asks_nothing()
    {
        using EmbeddedShell shell = ShellThatSays(log =>
        {
            log.Verbose("v");
            log.Debug("d");
        });
        Assert.Single(shell.Run("Get-PyStack 1 -Debug"));
        Assert.Empty(shell.Errors);
        Assert.Equal(["v", "d"], shell.Streams.Debug.Select(r => r.Message));
    }

    [Theory]
    [InlineData("Get-PyStack 1", false)]
    [InlineData("Get-PyStack 1 -Debug", true)]
    [InlineData("Get-PyStack 1 -Debug:$false", false)]
    [InlineData("$DebugPreference = 'Continue'; Get-PyStack 1", true)]
    [InlineData("$DebugPreference = 'Continue'; Get-PyStack 1 -Debug:$false", false)]
    public void The_engine_knows_whether_anyone_reads_its_debug_messages(string script, bool expected)
    {
        bool? enabled = null;
        using EmbeddedShell shell = ShellThatSays(log => enabled = log.IsDebugEnabled);
        shell.Run(script);
        Assert.Equal(expected, enabled);
    }

    [Fact]
    public void What_another_thread_says_is_shown_by_the_pipelines_thread()
    {
        using EmbeddedShell shell = ShellThatSays(log =>
        {
            var other = new Thread(() => log.Verbose("from another thread"));
            other.Start();
            other.Join();
            log.Verbose("from this thread");
        });
        shell.Run("Get-PyStack 1 -Verbose");
        Assert.Empty(shell.Errors);
        Assert.Equal(["from another thread", "from this thread"], shell.Streams.Verbose.Select(r => r.Message));
    }

    [Fact]
    public void Progress_is_shown_and_taken_away()
    {
        using EmbeddedShell shell = ShellThatSays(log => log.Progress("Searching", "", 40));
        shell.Run("Get-PyStack 1");
        Assert.Equal([40, -1], shell.Streams.Progress.Select(r => r.PercentComplete));
        Assert.Equal([ProgressRecordType.Processing, ProgressRecordType.Completed], shell.Streams.Progress.Select(r => r.RecordType));
    }

    [Fact]
    public void A_stream_that_throws_does_not_throw_through_the_engine()
    {
        bool cancelled = false;
        bool finished = false;
        using var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (_, _, log, cancellation) =>
            {
                log.Warning("ends it");

                // The stream belongs to the pipeline's thread, which comes by while the engine works.
                cancelled = cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(60));
                log.Warning("is not shown");
                finished = true;
                return [Samples.Thread()];
            },
        });
        Assert.Throws<ActionPreferenceStopException>(() => shell.Run("1, 2 | Get-PyStack -WarningAction Stop"));
        Assert.True(cancelled);
        Assert.True(finished);
    }
}
