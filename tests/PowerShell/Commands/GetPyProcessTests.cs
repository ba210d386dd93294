using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class GetPyProcessTests : IDisposable
{
    private readonly EmbeddedShell _shell = EmbeddedShell.WithEngine(id => [Samples.Thread("", [], processId: id)]);

    public void Dispose() => _shell.Dispose();

    private int[] Ids(string script) => [.. _shell.Run(script).Select(o => (int)o.Properties["Id"].Value)];

    private void Pretend(params PyProcess[] processes) => _shell.Set("FakeProcesses", processes);

    [Theory]
    [InlineData("Get-PyProcess", "112 140 150")]
    [InlineData("Get-PyProcess python*", "112 150")]
    [InlineData("Get-PyProcess -Name PYTHON3.12", "112")]
    [InlineData("Get-PyProcess -ProcessName uwsgi, *3.11", "140 150")]
    [InlineData("Get-PyProcess ruby*", "")]
    [InlineData("Get-PyProcess python*, python3*", "112 150")]
    public void Names_are_wildcards(string script, string ids)
    {
        Pretend(Samples.Process(112, "python3.12"), Samples.Process(140, "uwsgi"), Samples.Process(150, "python3.11"));
        Assert.Equal(ids, string.Join(' ', Ids(script)));
        Assert.Empty(_shell.Errors);
    }

    [Fact]
    public void A_name_that_no_process_has_is_an_error_and_the_others_are_returned()
    {
        Pretend(Samples.Process(112, "python3.12"));
        Assert.Equal([112], Ids("Get-PyProcess ruby, python3.12"));
        ErrorRecord error = Assert.Single(_shell.Errors);
        Assert.StartsWith("ProcessNotFound,", error.FullyQualifiedErrorId);
        Assert.Equal("ruby", error.TargetObject);
        Assert.Equal("No Python process is called ruby.", error.ToString());
    }

    [Fact]
    public void Processes_pipe_into_Get_PyStack()
    {
        Pretend(Samples.Process(112, "python3.12"), Samples.Process(140, "uwsgi"));
        Assert.Equal([112, 140], _shell.Run("Get-PyProcess | Get-PyStack").Select(o => (int)o.Properties["ProcessId"].Value));
        Assert.Empty(_shell.Errors);
    }

    [Fact]
    public void A_deserialized_process_pipes_into_Get_PyStack()
    {
        object copy = PSSerializer.Deserialize(PSSerializer.Serialize(Samples.Process(112, "python3.12"), 1));
        Assert.Equal([112], _shell.Run("$input | Get-PyStack", copy).Select(o => (int)o.Properties["ProcessId"].Value));
    }

    [Fact]
    public void A_live_process_is_found_by_its_id_and_in_the_list()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        Assert.Equal([target.Id], Ids($"Get-PyProcess -Id {target.Id}, {target.Id}"));
        Assert.Equal([target.Id], Ids($"Get-PyProcess | Where-Object Id -EQ {target.Id}"));
        Assert.Equal([target.Id], Ids($"Get-PyProcess -PID {target.Id}"));
        Assert.Empty(_shell.Errors);
    }

    [Theory]
    [InlineData("[Diagnostics.Process]::GetProcessById($python), [Diagnostics.Process]::GetProcessById($other) | Get-PyProcess")]
    [InlineData("\"$python\", \"$other\", \"$python\" | Get-PyProcess")]
    [InlineData("$python, $other | Get-PyProcess")]
    [InlineData("[pscustomobject]@{ PID = \"$python\" }, [pscustomobject]@{ ProcessId = $other } | Get-PyProcess")]
    public void Piped_processes_are_described_and_those_without_Python_left_out(string script)
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using Target other = PythonTarget.NotPython();
        _shell.Set("python", target.Id);
        _shell.Set("other", other.ProcessId);
        Assert.Equal([target.Id], Ids(script + " -Verbose"));
        Assert.Empty(_shell.Errors);
        Assert.Contains(_shell.Streams.Verbose, one => one.Message.StartsWith($"Process {other.ProcessId} is left out: ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_piped_id_that_no_process_has_is_an_error()
    {
        Assert.Empty(Ids("'2147483647' | Get-PyProcess"));
        Assert.StartsWith("ProcessNotFound,", Assert.Single(_shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void Ids_that_give_nothing_are_errors_and_the_others_are_returned()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using Target other = PythonTarget.NotPython();
        Assert.Equal([target.Id], Ids($"Get-PyProcess -Id {other.ProcessId}, 0, 2147483647, {target.Id}"));
        Assert.Equal(["NotPython", "ProcessNotFound", "ProcessNotFound"], _shell.Errors.Select(e => e.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal([other.ProcessId, 0, int.MaxValue], _shell.Errors.Select(e => e.TargetObject));
    }

    [Fact]
    public void A_failure_in_the_middle_of_the_list_is_an_error_behind_what_was_found()
    {
        _shell.Set("FakeProcesses", Broken());
        Assert.Equal([112], Ids("Get-PyProcess"));
        Assert.StartsWith("CannotRead,", Assert.Single(_shell.Errors).FullyQualifiedErrorId);
    }

    [Fact]
    public void A_process_is_returned_before_the_next_one_is_looked_for()
    {
        _shell.Set("FakeProcesses", Broken());
        Assert.Equal([112], Ids("do { Get-PyProcess | ForEach-Object { $_; break } } while ($false)"));
        Assert.Empty(_shell.Errors);
    }

    private static IEnumerable<PyProcess> Broken()
    {
        yield return Samples.Process(112, "python3.12");
        throw new InvalidOperationException("boo");
    }
}
