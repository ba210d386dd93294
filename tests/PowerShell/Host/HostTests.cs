using System;
using System.Collections.Generic;
using System.Text;
using PyStack.TestSupport;
using Xunit;

namespace PyStack.Tests.Host;

public sealed class HostTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Words_are_one_command_with_the_module_imported()
    {
        HostResult result = HostRun.Run("(Get-Command", "Get-PyStack).ModuleName;", "(Get-Module).Name");
        Assert.Equal(new HostResult("PyStack\nPyStack\n", "", 0), result);
    }

    [Fact]
    public void A_scripts_arguments_are_parameters_and_text()
    {
        string script = _folder.Write("script.ps1", Encoding.UTF8.GetBytes(
            """
            param([string]$Name, [int]$Count, [switch]$Yes, [switch]$No, [Parameter(ValueFromRemainingArguments)]$Rest)
            "$Name|$Count|$Yes|$No|$($Rest -join ',')|$([IO.Path]::GetFileName($PSCommandPath))|$PSScriptRoot"
            """));
        HostResult result = HostRun.Run("-File", script, "-Name", "it's $x; \"é\"", "-Count:7", "-Yes", "-No:$false", "-1", "a b", "-");
        Assert.Equal(new HostResult($"it's $x; \"é\"|7|True|False|-1,a b,-|script.ps1|{_folder.Path}\n", "", 0), result);
    }

    [Fact]
    public void Output_goes_to_standard_output_and_errors_with_the_way_out_to_standard_error()
    {
        HostResult result = HostRun.Run("'before'; Get-PyStack -Id 0; 'behind'");
        Assert.Equal("before\nbehind\n", result.Output);
        Assert.StartsWith("Get-PyStack: No such process id: 0.\n", result.Error);
        Assert.Contains("Process ids are positive numbers.", result.Error);
    }

    [Fact]
    public void Warnings_and_verbose_messages_have_their_prefixes()
    {
        HostResult result = HostRun.Run("$VerbosePreference = $DebugPreference = 'Continue'; $x = [scriptblock]::Create('[CmdletBinding()]param() "
            + "$PSCmdlet.WriteWarning(\"w\"); $PSCmdlet.WriteVerbose(\"v\"); $PSCmdlet.WriteDebug(\"d\")'); & $x");
        Assert.Equal(new HostResult("WARNING: w\nVERBOSE: v\nDEBUG: d\n", "", 0), result);
    }

    [Theory]
    [InlineData("Host", null, false)]
    [InlineData("Ansi", null, true)]
    [InlineData("PlainText", null, false)]
    [InlineData("Ansi", "1", false)]
    public void Redirected_output_has_colours_only_if_they_are_asked_for(string rendering, string? noColor, bool coloured)
    {
        HostResult result = HostRun.Run(
            [$"$PSStyle.OutputRendering = '{rendering}'; [PyStack.PyThread]@{{ ThreadId = 1; Frames = @([PyStack.PyFrame]@{{ Function = 'f' }}) }}"],
            new Dictionary<string, string?> { ["NO_COLOR"] = noColor });
        Assert.Equal("", result.Error);
        Assert.Contains("in " + (coloured ? "\x1b[33mf\x1b[0m" : "f"), result.Output);
        Assert.Equal(coloured, result.Output.Contains('\x1b', StringComparison.Ordinal));
    }

    [Fact]
    public void NO_COLOR_makes_plain_text_the_sessions_style()
        => Assert.Equal("PlainText\n", HostRun.Run(["$PSStyle.OutputRendering"], new Dictionary<string, string?> { ["NO_COLOR"] = "1" }).Output);

    [Fact]
    public void Redirected_lines_are_not_broken()
    {
        string path = "/" + new string('x', 4000) + ".py";
        HostResult result = HostRun.Run(
            $"[PyStack.PyThread]@{{ ThreadId = 1; IsCoherent = $true; Frames = @([PyStack.PyFrame]@{{ Function = 'f'; File = '{path}' }}) }}");
        Assert.Contains($"\n    (Python) File \"{path}\", line 0, in f\n", result.Output);
    }

    [Fact]
    public void Ctrl_C_ends_the_pipeline_with_130()
    {
        using HostRun run = HostRun.Start(["'ready' | Out-Default; [Console]::Out.Flush(); while ($true) { }"]);
        Assert.Equal("ready", run.ReadLine());
        run.Interrupt();
        Assert.Equal(new HostResult("", "", 130), run.Finish());
    }

    [Fact]
    public void Without_a_terminal_there_is_no_prompt()
    {
        HostResult result = HostRun.Run("-i");
        Assert.Equal(64, result.ExitCode);
        Assert.Contains("needs a terminal", result.Error);
    }

    [Fact]
    public void A_script_that_is_not_there_is_named()
    {
        HostResult result = HostRun.Run("-File", "/no/such.ps1");
        Assert.Equal(64, result.ExitCode);
        Assert.Equal("pystack-host: there is no script /no/such.ps1.\n", result.Error);
    }

    [Fact]
    public void The_demonstration_without_a_python3_says_how_to_get_one()
    {
        HostResult result = HostRun.Run([], new Dictionary<string, string?> { ["PATH"] = _folder.Path });
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("there is no python3 on the PATH", result.Error);
        Assert.Contains("apt-get install python3", result.Error);
    }

    [Fact]
    public void PowerShell_is_told_not_to_report_its_use()
        => Assert.Equal("1\n", HostRun.Run("$env:POWERSHELL_TELEMETRY_OPTOUT").Output);
}
