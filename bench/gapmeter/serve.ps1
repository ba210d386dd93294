<#
.SYNOPSIS
Takes stacks as it is told on standard input, in one warm process: for bench/gapmeter/compare.py.
.DESCRIPTION
A line is PID, then switches of Get-PyStack without their dash. The answer is one line:
    pause START MILLISECONDS STOPPED THREADS CALL          START is CapturedAt in seconds since 1970; STOPPED is - where the module does not say it;
                                                    CALL is how long the call took, in milliseconds
    error MESSAGE
#>
param([Parameter(Mandatory)][string]$Module)

$ErrorActionPreference = 'Stop'
Import-Module $Module
while ($null -ne ($line = [Console]::In.ReadLine())) {
    $id, $switches = $line.Split(' ')
    $how = @{}
    foreach ($switch in $switches) { $how[$switch] = $true }
    try {
        $clock = [Diagnostics.Stopwatch]::GetTimestamp()
        $found = @(Get-PyStack -Id $id @how)
        $call = [Diagnostics.Stopwatch]::GetElapsedTime($clock).TotalMilliseconds
        $first = $found[0]
        $start = ($first.CapturedAt.ToUniversalTime() - [DateTime]::UnixEpoch).TotalSeconds
        $stopped = $first.PSObject.Properties['StoppedThreads'].Value ?? '-'
        $values = $start, $first.Pause.TotalMilliseconds, $stopped, $found.Count, $call
        [Console]::Out.WriteLine([string]::Format([cultureinfo]::InvariantCulture, 'pause {0:F7} {1:F4} {2} {3} {4:F3}', $values))
    }
    catch {
        [Console]::Out.WriteLine("error $("$_".ReplaceLineEndings(' '))")
    }
    [Console]::Out.Flush()
}
