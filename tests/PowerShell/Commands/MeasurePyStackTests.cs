using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class MeasurePyStackTests
{
    [Theory]
    [InlineData(10, 10)]
    [InlineData(0.5, 0.5)]
    [InlineData("10", 10)]
    [InlineData("2.5", 2.5)]
    [InlineData("0:0:10", 10)]
    [InlineData("1:00:00", 3600)]
    [InlineData((byte)3, 3)]
    public void A_time_is_a_number_of_seconds_or_a_time_span(object given, double seconds)
        => Assert.Equal(TimeSpan.FromSeconds(seconds), new SecondsAttribute().Transform(null!, PSObject.AsPSObject(given)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData("-0:0:1")]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(1e300)]
    [InlineData("8.0:0:0")]
    [InlineData("soon")]
    [InlineData(true)]
    [InlineData(null)]
    public void What_is_no_time_is_refused_with_what_is(object? given)
        => Assert.Contains("Give seconds, such as 10 or 0.5", Assert.Throws<ArgumentTransformationMetadataException>(() => new SecondsAttribute().Transform(null!, given)).Message);

    [Fact]
    public void One_that_cannot_be_measured_is_an_error_and_the_others_are_measured()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using Target other = PythonTarget.NotPython();
        using EmbeddedShell shell = new();
        PyProfile profile = Assert.IsType<PyProfile>(Assert.Single(shell.Run($"{other.ProcessId}, 0, {target.Id}, {target.Id} | Measure-PyStack -Duration 0.1 -Rate 100")).BaseObject);
        Assert.Equal(target.Id, profile.ProcessId);
        Assert.Equal("third_func", profile.Functions[0].Function);
        Assert.Equal(
            ["NotPython,PyStack.MeasurePyStackCommand", "ProcessNotFound,PyStack.MeasurePyStackCommand"], shell.Errors.Select(error => error.FullyQualifiedErrorId));
        Assert.Equal([other.ProcessId, 0], shell.Errors.Select(error => error.TargetObject));
    }

    [Fact]
    public void The_children_of_what_is_no_Python_are_measured_without_an_error()
    {
        using Target shellTarget = Target.StartCommand(
            ["/bin/sh", "-c", "exec 3<&0; \"$@\" <&3 & wait", "sh", .. TestSupport.Interpreters.InterpreterSet.Any.Command, "-c", "import sys; print('ready', flush=True); sys.stdin.read()"], new() { IsKilledAtEnd = true });
        Assert.Equal("ready", shellTarget.ReadLine());
        using EmbeddedShell shell = new();
        PyProfile profile = Assert.IsType<PyProfile>(Assert.Single(shell.Run($"Measure-PyStack {shellTarget.ProcessId} -IncludeChildren -Duration 0.1 -Rate 100")).BaseObject);
        Assert.NotEqual(shellTarget.ProcessId, profile.ProcessId);
        Assert.Empty(shell.Errors);
        Assert.Empty(shell.Run($"Measure-PyStack {shellTarget.ProcessId} -Duration 1000"));
        Assert.Equal("NotPython,PyStack.MeasurePyStackCommand", Assert.Single(shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public async Task Stop_ends_it_without_a_profile()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using EmbeddedShell shell = new();
        using PowerShell pipeline = shell.NewPipeline().AddScript($"Measure-PyStack {target.Id} -Until Exit");
        PSDataCollection<PSObject> output = [];
        IAsyncResult running = pipeline.BeginInvoke<PSObject, PSObject>(null, output);
        Wait.Until(() => pipeline.Streams.Progress.Count > 0, "it does not measure");
        await Task.Run(pipeline.Stop, TestContext.Current.CancellationToken);
        Assert.Throws<PipelineStoppedException>(() => pipeline.EndInvoke(running));
        Assert.Empty(output);
    }

    [Fact]
    public void Progress_says_the_rate_what_is_lost_and_the_time_that_is_left()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using EmbeddedShell shell = new();
        _ = shell.Run($"Measure-PyStack {target.Id} -Duration 1.2 -Rate 100");
        ProgressRecord[] records = [.. shell.Streams.Progress];
        Assert.Matches(@"^1 s left, \d+ samples a second, \d+ missed, \d+ torn, \d+(\.\d)? % of a processor$", records[0].StatusDescription);
        Assert.InRange(records[0].PercentComplete, 40, 100);
        Assert.Equal(ProgressRecordType.Completed, records[^1].RecordType);
    }

    [Fact]
    public void Without_a_terminal_nobody_can_press_Ctrl_C()
    {
        using EmbeddedShell shell = new();
        Assert.Empty(shell.Run("Measure-PyStack 1 -Until Interrupt"));
        ErrorRecord error = Assert.Single(shell.Errors);
        Assert.Equal("InvalidArgument,PyStack.MeasurePyStackCommand", error.FullyQualifiedErrorId);
        Assert.Equal("Say how long to measure by -Duration, or measure until the processes end by -Until Exit.", error.ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void Its_view_has_80_columns_and_no_name_can_control_the_terminal_and_a_serialized_one_has_the_same()
    {
        using EmbeddedShell shell = new();
        shell.Set("one", Hostile());
        PSObject copy = Assert.Single(shell.Run("[Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($one))"));
        Assert.Contains("Deserialized.PyStack.PyProfile", copy.TypeNames);
        string[] lines = ProfileTable.FormatForHost(PSObject.AsPSObject(Hostile()), new RecordingHost(80));
        Assert.Equal(lines, ProfileTable.FormatForHost(copy, new RecordingHost(80)));
        Assert.All(lines.Skip(1), line => Assert.True(line.Length < 80, line));
        Assert.All(lines, line => Assert.DoesNotContain(line, char.IsControl));
        Assert.Contains(lines, line => line.StartsWith("   75.0 %   75.0 %  ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("   25.0 %  100.0 %  main ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(@"\x1b[2J", StringComparison.Ordinal));
    }

    private static PyProfile Hostile()
    {
        PyProfileFrame outer = new() { Function = "main", File = "/srv/" + new string('d', 200) + "/app.py", Line = 1 };
        PyProfileFrame inner = new() { Function = "evil\x1b[2J\r\n", QualifiedName = "evil\x1b[2J\r\n", File = "/srv/\x1b]0;x\x07.py", Line = 2 };
        PyProfileStack[] stacks =
        [
            new() { Count = 75, Share = 0.75, ThreadId = 112, ThreadName = "main", Frames = [outer, inner] },
            new() { Count = 25, Share = 0.25, ThreadId = 112, ThreadName = "main", Frames = [outer] },
        ];
        return new PyProfile
        {
            ProcessId = 112, ProcessName = "py\x1b[2J", PythonVersion = "3.12.1", DurationSeconds = 1, Rate = 100, AchievedRate = 100, Samples = 100, Torn = 2, Missed = 3,
            Stacks = stacks, Functions = Engine.Profiling.ProfileBuilder.Functions(112, stacks), Warnings = ["no\x1b[2J"],
        };
    }
}
