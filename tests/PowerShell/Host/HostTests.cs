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

    [Fact]
    public void Redirected_output_has_colours_only_if_they_are_asked_for()
    {
        const string Shown = "[PyStack.PyThread]@{ ThreadId = 1; Frames = [PyStack.PyFrame[]]@([PyStack.PyFrame]@{ Function = 'f' }) }; $PSVersionTable | Format-Table; Write-Error x";
        HostResult plain = HostRun.Run(Shown);
        Assert.DoesNotContain('\x1b', plain.Output + plain.Error);
        HostResult coloured = HostRun.Run("$PSStyle.OutputRendering = 'Ansi'; " + Shown);
        Assert.Contains("in \x1b[33mf\x1b[0m", coloured.Output);
        Assert.Contains('\x1b', coloured.Error);
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
    public void The_second_Ctrl_C_does_not_wait_for_what_does_not_stop()
    {
        using HostRun run = HostRun.Start(["[Console]::WriteLine('ready'); try { while ($true) { } } finally { [Console]::WriteLine('stays'); while ($true) { } }"]);
        Assert.Equal("ready", run.ReadLine());
        run.Interrupt();
        Assert.Equal("stays", run.ReadLine());
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
        Assert.Contains("/no/such.ps1", result.Error);
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
    public void PowerShell_is_told_not_to_report_its_use_nor_to_ask_for_newer_versions()
        => Assert.Equal("1 Off\n", HostRun.Run("\"$env:POWERSHELL_TELEMETRY_OPTOUT $env:POWERSHELL_UPDATECHECK\"").Output);

    [Fact]
    public void All_of_PowerShells_modules_are_there()
    {
        HostResult result = HostRun.Run("(Get-Module -ListAvailable | Where-Object Path -Like \"$PSHOME/*\").Name -join ' '; Add-Type 'public class C { public int P = 5; }'; [C]::new().P");
        Assert.Equal(
            new HostResult(
                "Microsoft.PowerShell.Archive Microsoft.PowerShell.Host Microsoft.PowerShell.Management Microsoft.PowerShell.Security "
                + "Microsoft.PowerShell.ThreadJob Microsoft.PowerShell.Utility PSReadLine\n5\n",
                "",
                0),
            result);
    }
}
