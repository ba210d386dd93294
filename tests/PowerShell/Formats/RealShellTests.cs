using System;
using System.Collections.Generic;
using System.Linq;
using PyStack.TestSupport.Interpreters;
using PyStack.TestSupport.Targets;
using Xunit;

namespace PyStack.Tests.Formats;

/// <summary>Live targets in a real pwsh: what its own commands and views make of the module's objects.</summary>
public sealed class RealShellTests
{
    // What is left of pwsh's own colours when they are empty is the sequence that ends them. PlainText would have pwsh take the sequences away that are looked for; its own colours are switched off one by one.
    private const string NoColours = "$PSStyle.OutputRendering = 'Ansi'; $PSStyle.Formatting.PSObject.Properties | ForEach-Object { try { $_.Value = '' } catch { } }; ";

    // Written by PowerShell's reader of patterns: categories C (Cc, Cf, Cs, Co, Cn), Zl, Zp and the variation selectors.
    private const string Check = """
        function Test-Text([string] $what, $text) {
            foreach ($line in @($text)) {
                $left = "$line" -replace '\p{Cs}{2}|\e\[0m', ''
                if ($left -match '[\p{C}\p{Zl}\p{Zp}\ufe00-\ufe0f\u180b-\u180d\u180f]') { "$what has U+{0:X4}: $($line -replace '[^ -~]', '?')" -f [int]$matches[0][0] }
            }
        }
        """;

    private static Target Start(string program)
    {
        Interpreter interpreter = InterpreterSet.All.Last(one => one.Major == 3 && one.Minor is >= 8 and <= 12);
        Target target = Target.StartSilent(interpreter, program);
        Assert.Equal("ready", target.ReadLine());
        return target;
    }

    [Fact]
    public void No_command_lets_a_targets_names_and_values_drive_the_terminal()
    {
        using Target target = Start("terminal_names.py");
        string script = NoColours + Check + $$"""
            $id = {{target.ProcessId}}
            foreach ($mode in @{}, @{ NativeAll = $true }, @{ NoBlock = $true }) {
                $all = Get-PyStack $id -Locals @mode -Verbose -Debug *>&1
                Test-Text streams ($all | Where-Object { $_ -isnot [PyStack.PyThread] } | ForEach-Object { "$_" })
                $threads = @($all | Where-Object { $_ -is [PyStack.PyThread] })
                if ($threads.Count -lt 2 -or "$($threads[0].Frames[-2].Function) $($threads[1].Frames.Function)" -notmatch '\\x1b.*\\x9b\\ufffe\\uffff') { 'the name was not read' }
                Test-Text lines ($threads | Format-PyStack)
                foreach ($command in 'Out-String -Stream', 'Format-Table', 'Format-List', 'Format-Wide', 'Format-Custom', 'Format-Table -GroupBy ProcessId') {
                    foreach ($objects in $threads, $threads.Frames) {
                        Test-Text $command (Invoke-Expression "`$objects | $command | Out-String -Stream -Width 5000")
                    }
                }
                Test-Text text ($threads | ForEach-Object { "$_" })
                # No XML document can have some of these characters.
                if (($threads | ConvertTo-Xml -Depth 5).Objects.Object.Count -ne $threads.Count) { 'ConvertTo-Xml has lost a thread' }
                $copy = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($threads))
                if ("$($copy | Format-PyStack)" -cne "$($threads | Format-PyStack)") { 'clixml has changed a thread' }
            }
            $process = Get-PyProcess -Id $id
            foreach ($objects in $process, (Test-PyStackAccess $id)) {
                foreach ($command in 'Out-String -Stream', 'Format-Table', 'Format-List', 'Format-Wide', 'Format-Custom') {
                    Test-Text $command (Invoke-Expression "`$objects | $command | Out-String -Stream -Width 5000")
                }
            }
            foreach ($line in "Get-PyStack -Id $id", 'Get-PyProcess -Name nm') {
                foreach ($match in (TabExpansion2 $line $line.Length).CompletionMatches) { Test-Text completion $match.CompletionText, $match.ListItemText, $match.ToolTip }
            }
            $Error.Clear()
            Get-PyProcess -Name "x`e7`a[" -ErrorAction SilentlyContinue
            Get-PyProcess -Name "x`e7`a" -ErrorAction SilentlyContinue
            Get-PyStack -Path "/tmp/none`e7`a" -ErrorAction SilentlyContinue
            if ($Error.Count -ne 3) { "there are $($Error.Count) errors" }
            foreach ($one in $Error) { Test-Text error "$one", $one.Exception.Message, $one.CategoryInfo.ToString(), ($one | Out-String -Stream), (Get-Error -InputObject $one | Out-String -Stream) }
            'done'
            """;
        HostResult result = RealShell.Run(script, new Dictionary<string, string?> { ["NO_COLOR"] = "1" });
        Assert.Equal(("done\n", ""), (result.Output, result.Error));
    }

    [Fact]
    public void Compare_Object_of_two_captures_shows_the_threads_whose_stack_has_changed_and_no_others()
    {
        using Target target = Start("moves_on.py");
        string script = $$"""
            $id = {{target.ProcessId}}
            $one = Get-PyStack $id
            "unchanged: $(@(Compare-Object $one (Get-PyStack $id)).Count)"
            "found: $(@($one | Format-PyStack | Select-String 'in first_place').Count) of $($one.Count)"
            (Compare-Object $one @($PID) | Out-String -Stream -Width 80) -match '<=\s*$' | ForEach-Object { 'side by side' }
            "$($one[1])" -replace '\(\S*/', '('
            sh -c "kill -USR1 $id"
            do { $two = Get-PyStack $id } until ("$two" -match 'second_place')
            Compare-Object $one $two | ForEach-Object { "$($_.SideIndicator) $($_.InputObject.ThreadId -eq $one[1].ThreadId) $($_.InputObject.Frames[-1].Function)" }
            $job = Start-Job { Import-Module '{{ModuleFiles.Manifest}}'; Get-PyStack $using:id } | Receive-Job -Wait -AutoRemoveJob
            "of a job: $(@(Compare-Object $two $job).Count) of $(@(Compare-Object $one $job).SideIndicator -join '')"
            "of a job: $(@(Compare-Object $two.ForEach('ToString') $job.ForEach('ToString')).Count) $($job[0].PSObject.TypeNames[0])"
            """;
        HostResult result = RealShell.Run(script);
        Assert.Equal("", result.Error);
        string[] lines = result.Output.Split('\n');
        Assert.Equal(["unchanged: 0", "found: 1 of 2", "side by side", "side by side"], lines[..4]);
        Assert.Matches(@"^Thread \d+ \(\S+\) \[\] first_place \(moves_on\.py:\d+\)$", lines[4]);
        Assert.Equal(["<= True first_place", "=> True second_place"], lines[5..7].Order(StringComparer.Ordinal));
        Assert.Equal(["of a job: 0 of =><=", "of a job: 0 Deserialized.PyStack.PyThread", ""], lines[7..]);
    }
}
