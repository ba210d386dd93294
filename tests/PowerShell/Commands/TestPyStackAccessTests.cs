using System;
using System.Linq;
using System.Management.Automation;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Commands;

public sealed class TestPyStackAccessTests : IDisposable
{
    private readonly EmbeddedShell _shell = new();
    private readonly Target _first = PythonTarget.NotPython();
    private readonly Target _second = PythonTarget.NotPython();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _shell.Dispose();
    }

    [Theory]
    [InlineData("$a, $b | Test-PyStackAccess")]
    [InlineData("\"$a\", \"$b\" | Test-PyStackAccess")]
    [InlineData("Test-PyStackAccess $a, $b")]
    [InlineData("Test-PyStackAccess -Id $a, $b")]
    [InlineData("Test-PyStackAccess -ProcessId $a, $b")]
    [InlineData("Test-PyStackAccess -PID $a, $b")]
    [InlineData("$a, $b, $a | Test-PyStackAccess")]
    [InlineData("[pscustomobject]@{ Id = $a }, [pscustomobject]@{ Id = $b } | Test-PyStackAccess")]
    [InlineData("[pscustomobject]@{ ProcessId = $a, $b } | Test-PyStackAccess")]
    [InlineData("[Diagnostics.Process]::GetProcessById($a), [Diagnostics.Process]::GetProcessById($b) | Test-PyStackAccess")]
    public void Numbers_and_objects_bind_and_each_process_is_looked_at_once(string script)
    {
        _shell.Set("a", _first.ProcessId);
        _shell.Set("b", _second.ProcessId);
        PyStackAccess[] accesses = [.. _shell.Run(script).Select(o => (PyStackAccess)o.BaseObject)];
        Assert.Empty(_shell.Errors);
        Assert.Equal([_first.ProcessId, _second.ProcessId], accesses.Select(a => a.ProcessId));
        Assert.All(accesses, access => Assert.True(access.IsAccessible, access.Reason));
    }

    [Fact]
    public void A_process_that_is_not_there_is_an_error_and_the_others_are_looked_at()
    {
        Assert.Equal(
            [_first.ProcessId],
            _shell.Run($"0, 2147483647, {_first.ProcessId} | Test-PyStackAccess").Select(o => ((PyStackAccess)o.BaseObject).ProcessId));
        Assert.All(_shell.Errors, error => Assert.StartsWith("ProcessNotFound,", error.FullyQualifiedErrorId));
        Assert.Equal([0, int.MaxValue], _shell.Errors.Select(e => e.TargetObject));
        Assert.Equal(ErrorCategory.ObjectNotFound, _shell.Errors[0].CategoryInfo.Category);
    }

    [Fact]
    public void This_PowerShell_itself_is_not_accessible()
    {
        int self = Environment.ProcessId;
        var access = (PyStackAccess)Assert.Single(_shell.Run($"Test-PyStackAccess {self}")).BaseObject;
        Assert.False(access.IsAccessible);
        Assert.Equal(System.IO.File.ReadAllText("/proc/self/comm").TrimEnd('\n'), access.ProcessName);
        Assert.Equal("It is the process that runs PyStack, which cannot stop itself.", access.Reason);
    }
}
