using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PyStack.Engine.Capture;
using Xunit;

namespace PyStack.Tests.Commands;

/// <summary>Captures in a series: how many, of which processes, and when.</summary>
public sealed class SeriesTests
{
    [Theory]
    [InlineData("1, 2, 1 | Get-PyStack -Count 3 -Interval 0.01", "1 2 1 2 1 2")]
    [InlineData("Get-PyStack 1, 2 -Count 2 -Interval 0:0:0.01", "1 2 1 2")]
    [InlineData("'2', '1' | Get-PyStack -Count 2 -Interval 0.01", "2 1 2 1")]
    [InlineData("Get-PyStack -Name p* -Count 2 -Interval 0.01", "1 2 3 1 2 3")]
    [InlineData("Get-PyStack 2 -IncludeChildren -Count 2 -Interval 0.01", "2 3 2 3")]
    [InlineData("Get-PyStack 1 -Count 1 -Interval 100", "1")]
    [InlineData("$script:n = 0; try { Get-PyStack 1 -Interval 0.01 | ForEach-Object { $_; if (++$script:n -ge 4) { throw } } } catch { }", "1 1 1 1")]
    public void Each_capture_is_of_all_processes_in_their_order(string command, string expected)
    {
        List<int> captured = [];
        using EmbeddedShell shell = Shell((id, _) => captured.Add(id));
        Assert.Equal(expected, string.Join(' ', shell.Run(command).Select(thread => thread.Properties["ProcessId"].Value)));
        Assert.Equal(expected, string.Join(' ', captured));
        Assert.Empty(shell.Errors);
    }

    [Fact]
    public void All_captures_of_a_process_belong_to_one_series_and_a_single_one_to_none()
    {
        ConcurrentDictionary<(int, CaptureSeries?), int> series = new();
        using EmbeddedShell shell = Shell((id, one) => series.AddOrUpdate((id, one), 1, (_, count) => count + 1));
        _ = shell.Run("1, 2 | Get-PyStack -Count 3 -Interval 0.01");
        Assert.Equal([(1, 3), (2, 3)], series.Select(one => (one.Key.Item1, one.Value)).Order());
        Assert.DoesNotContain(series.Keys, key => key.Item2 is null);
        series.Clear();
        _ = shell.Run("Get-PyStack 1");
        Assert.Null(Assert.Single(series.Keys).Item2);
    }

    [Fact]
    public void A_process_that_ends_is_reported_once_and_the_others_go_on()
    {
        int left = 2;
        using EmbeddedShell shell = Shell((id, _) => throw (id == 1 && left-- <= 0 ? new EngineException(EngineError.ProcessExited, "The process ended.", "None.") : new Skip()));
        Assert.Equal([1, 2, 1, 2, 2, 2], shell.Run("1, 2 | Get-PyStack -Count 4 -Interval 0.01").Select(thread => thread.Properties["ProcessId"].Value));
        Assert.Equal("ProcessExited,PyStack.Tests.FakeGetPyStackCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_failure_that_lasts_is_reported_once_and_the_process_is_tried_again()
    {
        int tries = 0;
        using EmbeddedShell shell = Shell((_, _) => throw (++tries < 3 ? new EngineException(EngineError.NoPythonStack, "There is none.", "None.") : new Skip()));
        Assert.Single(shell.Run("Get-PyStack 1 -Count 3 -Interval 0.01"));
        Assert.Single(shell.Errors);
    }

    [Fact]
    public void It_does_not_wait_when_all_have_ended()
    {
        using EmbeddedShell shell = Shell((_, _) => throw new EngineException(EngineError.ProcessNotFound, "There is none.", "None."));
        Assert.Empty(shell.Run("1, 2 | Get-PyStack -Interval 1000"));
        Assert.Equal(2, shell.Errors.Count);
    }

    [Fact]
    public async Task Stop_ends_the_wait_for_the_next_capture()
    {
        using ManualResetEventSlim taken = new();
        using EmbeddedShell shell = Shell((_, _) => taken.Set());
        using PowerShell pipeline = shell.NewPipeline().AddScript("Get-PyStack 1 -Interval 1000");
        IAsyncResult running = pipeline.BeginInvoke();
        taken.Wait(TestContext.Current.CancellationToken);
        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);
        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(running));
    }

    [Theory]
    [InlineData("Get-PyStack -Path x -Count 2", "AmbiguousParameterSet")]
    [InlineData("Get-PyStack -LiteralPath x -Interval 2", "AmbiguousParameterSet")]
    [InlineData("Get-PyStack 1 -Count 0", "ParameterArgumentValidationError")]
    [InlineData("Get-PyStack 1 -Interval 0", "ParameterArgumentTransformationError")]
    public void What_makes_no_series_is_refused(string command, string error)
    {
        using EmbeddedShell shell = Shell((_, _) => { });
        _ = shell.Run(command);
        Assert.StartsWith(error + ",", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Captures_begin_at_equal_distances_and_a_late_one_does_not_delay_the_next()
    {
        StackSeries series = new(10, TimeSpan.FromMilliseconds(100));
        series.Add([1]);
        long start = Stopwatch.GetTimestamp();
        _ = series.Begin();
        Thread.Sleep(150);
        series.WaitUntilNext(CancellationToken.None);
        _ = series.Begin();
        series.WaitUntilNext(CancellationToken.None);

        // Late by 50 ms, and due at 200 ms all the same; on a busy machine at one of the times after that.
        double at = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Assert.InRange(at, 199, double.MaxValue);
    }

    [Theory]
    [InlineData(8.04, true, "[] [unchanged for 8 s] (most recent call last):")]
    [InlineData(0.5, false, "[] [unchanged for 0.5 s] (most recent call last):")]
    [InlineData(0.0, false, "[] (most recent call last):")]
    [InlineData(null, null, "[] (most recent call last):")]
    public void The_header_of_a_thread_says_for_how_long_it_is_unchanged(double? seconds, bool? isStuck, string header)
    {
        using EmbeddedShell shell = Shell((_, _) => { });
        PyThread thread = new() { ProcessId = 112, ThreadId = 114, PythonVersion = "3.12.1", StackHash = "", UnchangedSeconds = seconds, IsStuck = isStuck, Frames = [Samples.Frame("f", "/a.py", 1)] };
        shell.Set("threads", new object[] { thread, Assert.Single(Copied(shell, thread)) });
        Assert.Equal(2, shell.Run("$threads | Format-PyStack").Count(line => line.ToString() == "Traceback for thread 114 " + header));
        Assert.Equal($"{isStuck} {(seconds is double known ? TimeSpan.FromSeconds(known) : null)}", Assert.Single(shell.Run("\"$($threads[1].IsStuck) $($threads[1].UnchangedFor)\"")).ToString());
    }

    private static Collection<PSObject> Copied(EmbeddedShell shell, object one)
    {
        shell.Set("one", one);
        return shell.Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($one))");
    }

    private static EmbeddedShell Shell(Action<int, CaptureSeries?> capture)
    {
        EmbeddedShell shell = new();
        shell.Set("FakeEngine", new FakeEngine
        {
            Capture = (id, options, _, _) =>
            {
                try
                {
                    capture(id, options.Series);
                }
                catch (Skip)
                {
                    // It is there.
                }

                return [new PyThread { ProcessId = id, ThreadId = id, PythonVersion = "", StackHash = "", Frames = [] }];
            },
            Processes = [(1, 0, "p1"), (2, 0, "p2"), (3, 2, "p3")],
        });
        return shell;
    }

    private sealed class Skip : Exception;
}
