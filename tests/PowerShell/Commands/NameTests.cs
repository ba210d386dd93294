using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace PyStack.Tests.Commands;

/// <summary>Get-PyStack by names and with children: which processes are read, in which order, and what is an error.</summary>
public sealed class NameTests
{
    private readonly List<int> _captured = [];

    // gunicorn: a master, two workers, a shell that one of them has started, and in it another Python.
    private static readonly (int, int, string)[] Service =
        [(1, 0, "systemd"), (10, 1, "apache2"), (11, 10, "apache2"), (12, 10, "apache2"), (20, 1, "python3.12"), (21, 20, "python3.12"), (22, 20, "python3.12"), (23, 22, "sh"), (24, 23, "celery")];

    private EmbeddedShell Shell()
    {
        var shell = new EmbeddedShell();
        shell.Set("FakeEngine", new FakeEngine
        {
            Processes = Service,
            Capture = (id, _, _, _) =>
            {
                _captured.Add(id);
                return id switch
                {
                    1 or 23 => throw new EngineException(EngineError.NotPython, $"Process {id} is not a Python process.", "No."),
                    10 => throw new EngineException(EngineError.InterpreterNotFound, "No running interpreter was found.", "No."),
                    12 => throw new EngineException(EngineError.ProcessExited, "It has ended.", "No."),
                    99 => throw new EngineException(EngineError.ProcessNotFound, "No such process id: 99.", "No."),
                    _ => [Samples.Thread("", [], processId: id)],
                };
            },
        });
        return shell;
    }

    [Theory]
    [InlineData("Get-PyStack -Name python*", "20 21 22", "")]
    [InlineData("Get-PyStack -Name PYTHON3.12, celery -NoBlock", "20 21 22 24", "")]
    [InlineData("Get-PyStack -ProcessName python3.12, python*", "20 21 22", "")]
    [InlineData("Get-PyStack -Name ruby*", "", "")]
    [InlineData("Get-PyStack -Name ruby, celery", "24", "ProcessNotFound ruby")]
    [InlineData("Get-PyStack -Name 'a[', celery", "24", "InvalidArgument a[")]
    public void Names_are_those_of_Get_PyProcess(string script, string ids, string error)
    {
        using EmbeddedShell shell = Shell();
        Assert.Equal(ids, string.Join(' ', shell.Run(script).Select(one => one.Properties["ProcessId"].Value)));
        Assert.Equal(error, string.Join(' ', shell.Errors.Select(one => $"{one.FullyQualifiedErrorId.Split(',')[0]} {one.TargetObject}")));
    }

    [Theory]
    [InlineData("Get-PyStack python*", "python* is not a process id. Give a number, or a name with -Name")]
    [InlineData("Get-PyStack 20 -Locals -RedactName *", "* contains wildcard characters. Give words that names contain")]
    [InlineData("'20 python3 app.py' | Get-PyStack", "pgrep writes ids alone without -a and -l.")]
    [InlineData("'python3' | Get-PyStack", "Get-PyStack -Name python3.")]
    [InlineData("Get-PyStack -Name 4711", "If this is a process id, give it with -Id: -Id 4711.")]
    public void What_cannot_be_meant_is_an_error_that_says_what_can(string script, string advice)
    {
        using EmbeddedShell shell = Shell();
        Exception? thrown = Record.Exception(() => shell.Run(script));
        Assert.Contains(advice, thrown is null ? $"{shell.Errors.Single()} {shell.Errors.Single().ErrorDetails?.RecommendedAction}" : thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Everybody may see the name, and only some whether it is Python.</summary>
    [Fact]
    public void A_process_of_another_user_with_the_name_is_one_that_may_not_be_read_and_not_none()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && RealShell.Find("setpriv") is not null, "not root, or there is no setpriv");
        using PythonTarget target = PythonTarget.Sleeping();
        string name = System.IO.File.ReadAllText($"/proc/{target.Id}/comm").TrimEnd('\n');
        string script = $$"""
            Import-Module '{{ModuleFiles.Manifest}}'
            @(Get-PyStack -Name {{name}} 2>&1).Where({ $_.TargetObject -eq {{target.Id}} }) | ForEach-Object { $_.FullyQualifiedErrorId; "$_" -match 'it belongs to user 0' }
            @(Get-PyStack -Name '{{name[..3]}}*' 3>&1) -match 'may not be read' -match 'Run pwsh as root to see' | ForEach-Object { 'warned' }
            @(Get-PyProcess 3>&1) -match 'processes are left out, because they may not be read' | ForEach-Object { 'warned' }
            """;

        HostResult result = RealShell.Run(script, new Dictionary<string, string?> { ["HOME"] = "/" }, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");

        Assert.Equal("AccessDenied,PyStack.GetPyStackCommand\nTrue\nwarned\nwarned\n", result.Output);
    }

    [Theory]
    [InlineData("Get-PyStack 20 -IncludeChildren", "20 21 22 23 24", "20 21 22 24", "")]
    [InlineData("Get-PyStack 22, 20 -IncludeChildren", "22 23 24 20 21", "22 24 20 21", "")]
    [InlineData("20, 22, 24 | Get-PyStack -IncludeChildren", "20 21 22 23 24", "20 21 22 24", "")]
    [InlineData("Get-PyStack -Name python3.12 -IncludeChildren", "20 21 22 23 24", "20 21 22 24", "")]
    [InlineData("Get-PyStack 10 -IncludeChildren", "10 11 12", "11", "")]
    [InlineData("Get-PyStack 10", "10", "", "InterpreterNotFound 10")]
    [InlineData("Get-PyStack 1 -IncludeChildren", "1 10 11 12 20 21 22 23 24", "11 20 21 22 24", "")]
    [InlineData("Get-PyStack 23 -IncludeChildren", "23 24", "24", "")]
    [InlineData("Get-PyStack 12 -IncludeChildren", "12", "", "ProcessExited 12")]
    [InlineData("Get-PyStack 99, 24 -IncludeChildren", "99 24", "24", "ProcessNotFound 99")]
    [InlineData("Get-PyStack 0 -IncludeChildren", "", "", "ProcessNotFound 0")]
    public void Children_are_read_after_their_parents_and_those_without_Python_are_left_out(string script, string read, string ids, string error)
    {
        using EmbeddedShell shell = Shell();
        Assert.Equal(ids, string.Join(' ', shell.Run(script).Select(one => one.Properties["ProcessId"].Value)));
        Assert.Equal(read, string.Join(' ', _captured));
        Assert.Equal(error, string.Join(' ', shell.Errors.Select(one => $"{one.FullyQualifiedErrorId.Split(',')[0]} {one.TargetObject}")));
    }

    [Fact]
    public void What_is_left_out_is_said_in_the_verbose_stream()
    {
        using EmbeddedShell shell = Shell();
        shell.Run("Get-PyStack 22 -IncludeChildren -Verbose");
        Assert.Contains("Process 23 is left out: Process 23 is not a Python process.", shell.Streams.Verbose.Select(one => one.Message));
    }

    [Fact]
    public void A_process_has_the_id_of_its_parent()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using EmbeddedShell shell = EmbeddedShell.WithEngine(_ => []);
        Assert.Equal(Environment.ProcessId, shell.Run($"Get-PyProcess -Id {target.Id}").Single().Properties["ParentId"].Value);
    }
}
