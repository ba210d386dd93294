using System;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Commands;

/// <summary><c>Watch-PyStack</c> without a terminal.</summary>
public sealed class WatchPyStackTests : IDisposable
{
    private readonly EmbeddedShell _shell = new();
    private readonly PythonTarget _target = PythonTarget.Sleeping();

    public WatchPyStackTests() => _shell.Set("id", _target.Id);

    public void Dispose()
    {
        _shell.Dispose();
        _target.Dispose();
    }

    [Fact]
    public void Without_a_terminal_it_writes_an_object_after_each_interval()
    {
        Collection<PSObject> looks = _shell.Run("Watch-PyStack $id -Count 3 -Interval 0.2");

        Assert.Empty(_shell.Errors);
        Assert.Equal(3, looks.Count);
        PyActivity[] activities = [.. looks.Select(look => Assert.IsType<PyActivity>(look.BaseObject))];
        Assert.All(activities, activity => Assert.Equal(_target.Id, activity.ProcessId));
        Assert.All(activities, activity => Assert.Equal(["<module>", "first_func", "second_func", "third_func"], Assert.Single(activity.Threads).Frames.Select(frame => frame.Function)));
        Assert.All(activities, activity => Assert.Equal(PyThreadState.Sleeping, activity.Threads[0].State));
        Assert.All(activities, activity => Assert.True(activity.IntervalSeconds >= 0.1));

        // It sleeps, and has no samples in which it runs.
        Assert.All(activities, activity => Assert.Empty(activity.Functions));
        PyActivity all = Assert.IsType<PyActivity>(Assert.Single(_shell.Run("Watch-PyStack $id -Count 1 -Interval 0.5 -Mode Wall")).BaseObject);
        Assert.Equal("third_func", all.Functions[0].Function);
        Assert.Equal(1, all.Functions[0].SelfShare);
        Assert.Equal(all.Functions[0].Self, all.Samples);
    }

    [Theory]
    [InlineData("Watch-PyStack -Id $id -Interval 0.1 -Duration 0.5")]
    [InlineData("Watch-PyStack -Id $id -Interval ([timespan]'0:0:0.2') -Count 2")]
    [InlineData("Watch-PyStack -Id $id -Interval 0:0:0.2 -Count 2")]
    [InlineData("[pscustomobject]@{ ProcessId = $id } | Watch-PyStack -Interval 0.1 -Count 1")]
    [InlineData("$id | Watch-PyStack -Interval 0.1 -Count 1 -IncludeChildren")]
    public void It_takes_processes_and_times_as_the_others_do_and_ends(string command)
    {
        Collection<PSObject> looks = _shell.Run(command);

        Assert.Equal("", string.Join('\n', _shell.Errors.Concat<object>(_shell.Streams.Warning)));
        Assert.NotEmpty(looks);
    }

    [Theory]
    [InlineData("Watch-PyStack $id -Interval 0")]
    [InlineData("Watch-PyStack $id -Interval soon")]
    [InlineData("Watch-PyStack $id -Duration -1")]
    [InlineData("Watch-PyStack $id -Rate 0")]
    public void What_is_no_time_is_an_error_in_words(string command)
    {
        Assert.Empty(_shell.Run(command));
        ParameterBindingException error = Assert.IsType<ParameterBindingException>(Assert.Single(_shell.Errors).Exception, exactMatch: false);
        Assert.DoesNotContain("TimeSpan", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_watched_is_an_error_and_the_others_are_watched()
    {
        using Target other = PythonTarget.NotPython();
        _shell.Set("other", other.ProcessId);

        Assert.Single(_shell.Run("$other, 999999999, $id | Watch-PyStack -Interval 0.1 -Count 1"));

        Assert.Equal(["NotPython,PyStack.WatchPyStackCommand", "ProcessNotFound,PyStack.WatchPyStackCommand"], _shell.Errors.Select(error => error.FullyQualifiedErrorId));
    }

    [Fact]
    public void It_ends_with_its_processes()
    {
        Assert.NotEmpty(_shell.Run("Watch-PyStack $id -Interval 0.1 | ForEach-Object { if (-not $ended) { $ended = $true; [Diagnostics.Process]::GetProcessById($id).Kill() }; $_ }"));

        string warning = Assert.Single(_shell.Streams.Warning).Message;
        Assert.StartsWith($"Process {_target.Id} (", warning, StringComparison.Ordinal);
        Assert.EndsWith("has ended.", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_ends_it()
    {
        using PowerShell pipeline = _shell.NewPipeline().AddScript("Watch-PyStack $id -Interval 0.1");
        using PSDataCollection<PSObject> written = [];
        IAsyncResult running = pipeline.BeginInvoke<PSObject, PSObject>(null, written);
        Wait.Until(() => written.Count > 0, "nothing is written");

        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);

        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(running));
        Assert.Empty(pipeline.Streams.Error);
    }

    [Fact]
    public void Its_objects_survive_serialization()
    {
        PSObject look = Assert.Single(_shell.Run("$look = Watch-PyStack $id -Count 1 -Interval 0.1; [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($look, 5))"));
        Assert.Equal("", string.Join('\n', _shell.Errors));
        var copy = (PyActivity)Rehydration.Copy(typeof(PyActivity), look);

        Assert.Equal("third_func", copy.Threads[0].Frames[^1].Function);
    }
}
