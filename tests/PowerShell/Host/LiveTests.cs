using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using PyStack.TestSupport;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Host;

/// <summary>The module as a user has it, in a process of its own, on real targets.</summary>
public sealed partial class LiveTests
{
    [Fact]
    public void A_python_process_is_shown_as_a_traceback()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        HostResult result = HostRun.Run($"Get-PyStack -Id {target.Id} | Out-String -Width 250");
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Matches(ProcessLine(), result.Output);
        Assert.Contains(
            $"""
                (Python) File "{target.Script}", line 9, in <module>
                    first_func()
                (Python) File "{target.Script}", line 3, in first_func
                    second_func()
                (Python) File "{target.Script}", line 5, in second_func
                    third_func()
                (Python) File "{target.Script}", line 8, in third_func
                    sys.stdin.read()
            """,
            result.Output);
    }

    [Fact]
    public void PowerShells_own_commands_take_it_from_there()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using var folder = new TemporaryFolder();
        HostResult result = HostRun.Run(
            $$"""
            Get-Process -Id {{target.Id}} | Get-PyStack | ForEach-Object Frames | Export-Csv '{{folder.Path}}/frames.csv'
            (Import-Csv '{{folder.Path}}/frames.csv' | Where-Object Function -EQ third_func).Line
            (Get-Process -Id {{target.Id}} | Get-PyStack | ConvertTo-Json -Depth 4 | ConvertFrom-Json).Frames[-1].Function
            (Get-Process -Id {{target.Id}} | Get-PyStack | Group-Object ProcessId).Name
            """);
        Assert.Equal(new HostResult($"8\nthird_func\n{target.Id}\n", "", 0), result);
    }

    [Fact]
    public void Jobs_in_threads_and_in_processes_and_parallel_loops_have_the_module()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        HostResult result = HostRun.Run(
            [$$"""
            {{target.Id}} | ForEach-Object -Parallel { "parallel $((Get-PyStack $_).Frames[-1].Function)" }
            Start-ThreadJob { "thread $((Get-PyStack {{target.Id}}).Frames[-1].Function)" } | Receive-Job -Wait
            Start-Job { "process $((Get-PyStack {{target.Id}}).Frames[-1].Function)" } | Receive-Job -Wait
            """],
            new Dictionary<string, string?> { ["DOTNET_ROOT"] = Path.GetDirectoryName(HostRun.DotnetProgram) });
        Assert.Equal(new HostResult("parallel third_func\nthread third_func\nprocess third_func\n", "", 0), result);
    }

    [Fact]
    public void Python_processes_can_be_listed_and_piped()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using Target other = PythonTarget.NotPython();
        HostResult result = HostRun.Run(
            $"Get-PyProcess | Where-Object Id -in {target.Id}, {other.ProcessId} | Get-PyStack | ForEach-Object {{ $_.Frames[-1].Function }}");
        Assert.Equal(new HostResult("third_func\n", "", 0), result);
    }

    [Fact]
    public void Access_can_be_tested_before()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        HostResult result = HostRun.Run($"Get-PyProcess -Id {target.Id} | Test-PyStackAccess | ForEach-Object {{ \"$($_.ProcessId) $($_.IsAccessible)\" }}");
        Assert.Equal(new HostResult($"{target.Id} True\n", "", 0), result);
    }

    [Fact]
    public void A_process_that_has_ended_is_not_found()
    {
        int id;
        using (Process ended = Process.Start("/bin/true"))
        {
            id = ended.Id;
            ended.WaitForExit();
        }

        AssertError(id, "ProcessNotFound", "ObjectNotFound", $"No such process id: {id}.");
    }

    [Fact]
    public void A_process_that_runs_no_python_is_said_to_be_so()
    {
        using Target target = PythonTarget.NotPython();
        AssertError(target.ProcessId, "NotPython", "InvalidType", null);
    }

    [Fact]
    public void A_dead_process_in_the_pipeline_does_not_hide_the_living()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using Target other = PythonTarget.NotPython();
        HostResult result = HostRun.Run($"{other.ProcessId}, {target.Id} | Get-PyStack | ForEach-Object ProcessId");
        Assert.Equal($"{target.Id}\n", result.Output);
        Assert.StartsWith("Get-PyStack: ", result.Error);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void The_demonstration_shows_a_stack_and_ends_its_program()
    {
        HostResult result = HostRun.Run();
        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(", in third_func\n        time.sleep(1000)\n", result.Output);
        Assert.Contains(" | Format-PyStack\n", result.Output);
        // The line above the stack is whole, and what the program itself says fits a terminal of 80 columns; its paths are the machine's.
        Assert.Matches(@"(?m)^Process \d+ \(python\S*\), Python 3\S+, captured .*, stopped for [0-9.]+ ms$", result.Output);
        Assert.All(result.Output.Split('\n'), line => Assert.True(line.Length < 80 || line.Contains('/') || line.Contains(", captured "), line));
        int id = int.Parse(DemonstrationId().Match(result.Output).Groups[1].Value);
        Assert.False(Directory.Exists($"/proc/{id}"));
    }

    [Fact]
    public void Ctrl_C_in_the_middle_of_captures_leaves_the_target_running()
    {
        using PythonTarget target = PythonTarget.Sleeping();
        using HostRun run = HostRun.Start([$"'ready' | Out-Default; [Console]::Out.Flush(); while ($true) {{ $x = Get-PyStack -Id {target.Id} }}"]);
        Assert.Equal("ready", run.ReadLine());
        run.Interrupt();
        Assert.Equal(new HostResult("", "", 130), run.Finish());
        ProcOracle.AssertRunsFreely(target.Id);
        Wait.Until(() => ProcOracle.State(target.Id, target.Id) == 'S', "the target does not go back to its read");
    }

    private static void AssertError(int id, string error, string category, string? message)
    {
        HostResult result = HostRun.Run(
            $"Get-PyStack -Id {id} -ErrorVariable e -ErrorAction SilentlyContinue; "
            + "$e = $e[0]; $e.FullyQualifiedErrorId; $e.CategoryInfo.Category; $e.TargetObject; $e.ToString(); $e.ErrorDetails.RecommendedAction");
        string[] lines = result.Output.Split('\n');
        Assert.Equal([$"{error},PyStack.GetPyStackCommand", category, $"{id}"], lines[..3]);
        if (message is not null)
        {
            Assert.Equal(message, lines[3]);
        }

        Assert.NotEqual("", lines[4]);
    }

    [GeneratedRegex(@"^\nProcess \d+ \(python\S*\), Python 3\.\d+\.\d+\S*, captured \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, stopped for [0-9.]+ ms\n")]
    private static partial Regex ProcessLine();

    [GeneratedRegex(@"It runs as process (\d+)")]
    private static partial Regex DemonstrationId();
}
