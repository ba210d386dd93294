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

    [Theory]
    [InlineData("-Pod web-0", "112")]
    [InlineData("-Pod shop/web-?", "112 140")]
    [InlineData("-Pod WEB*, mail/relay", "112 140 150")]
    [InlineData("-Pod 3a6fd1ea-0f0c", "112")]
    [InlineData("-Pod 3a6fd1ea-0f0c-11ee-be56-0242ac120002", "112")]
    [InlineData("-Pod 3a6f*", "112")]
    [InlineData("-Container app", "112 140")]
    [InlineData("-Container a*, box", "112 140 160")]
    [InlineData("-Container 4f1c2d9a8b7e", "112")]
    [InlineData("-Container containerd://4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6", "112")]
    [InlineData("-Container app -Pod web-1", "140")]
    [InlineData("python* -Container app", "140")]
    [InlineData("-Container none*", "")]
    [InlineData("-Container b*", "160")]
    public void Containers_and_pods_are_found_by_names_and_by_the_beginnings_of_ids(string filter, string ids)
    {
        PretendPods();
        Assert.Equal(ids, string.Join(' ', Ids("Get-PyProcess " + filter)));
        Assert.Empty(_shell.Errors);
    }

    [Theory]
    [InlineData("-Container nope, app", "112 140", "nope: No Python process is in a container called nope, or with an id that begins so.")]
    [InlineData("-Container 4f1c2d9", "", "4f1c2d9: No Python process is in a container called 4f1c2d9, or with an id that begins so.")]
    [InlineData("-Pod web-9", "", "web-9: No Python process is in a pod called web-9, or with an id that begins so.")]
    [InlineData("-Pod a[", "", "a[: a[ is not a valid wildcard pattern: a bracket is not closed, or a range ends before it begins.")]
    public void A_container_or_pod_that_no_process_is_in_is_an_error(string filter, string ids, string error)
    {
        PretendPods();
        Assert.Equal(ids, string.Join(' ', Ids("Get-PyProcess " + filter)));
        ErrorRecord one = Assert.Single(_shell.Errors);
        Assert.Equal(error, $"{one.TargetObject}: {one}");
        Assert.StartsWith(filter.Contains('[', StringComparison.Ordinal) ? "InvalidArgument," : "ProcessNotFound,", one.FullyQualifiedErrorId);
    }

    [Fact]
    public void A_process_of_a_container_is_found_by_its_pod()
    {
        using OciContainer container = OciContainer.Start();
        PyProcess process = (PyProcess)Assert.Single(_shell.Run($"Get-PyProcess -Pod shop/{container.Pod}")).BaseObject;
        Assert.Equal((container.Id, "app", container.Pod, container.PodId, "shop"), (process.Container, process.ContainerName, process.Pod, process.PodId, process.Namespace));
        Assert.Equal([process.Id], Ids($"Get-PyProcess -Container {container.Id[..12]}"));
        Assert.Equal([process.Id], Ids($"{process.Id}, {Environment.ProcessId} | Get-PyProcess -Container {container.Id}"));
        Assert.Empty(_shell.Errors);
    }

    private void PretendPods()
    {
        Pretend(
            In(112, "uwsgi", "4f1c2d9a8b7e6f504132a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6", "app", "web-0", "3a6fd1ea-0f0c-11ee-be56-0242ac120002", "shop"),
            In(140, "python3.12", "5555555555555555555555555555555555555555555555555555555555555555", "app", "web-1", "00000000-0f0c-11ee-be56-0242ac120002", "shop"),
            In(150, "python3.12", null, null, "relay", null, "mail"),
            In(160, "python3.12", "box", null, null, null, null),
            Samples.Process(170, "python3.12"));
        static PyProcess In(int id, string name, string? container, string? containerName, string? pod, string? podId, string? place) => new()
        {
            Id = id,
            Name = name,
            Container = container,
            ContainerName = containerName,
            Pod = pod,
            PodId = podId,
            Namespace = place,
        };
    }

    private static IEnumerable<PyProcess> Broken()
    {
        yield return Samples.Process(112, "python3.12");
        throw new InvalidOperationException("boo");
    }
}
