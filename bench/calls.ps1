<#
.SYNOPSIS
What a call costs the observer: time of a warm call, bytes allocated for each capture, and how far the process grows over many captures, in each mode.
.EXAMPLE
pwsh bench/calls.ps1 -Captures 4000 -Python $(command -v python3)
Builds nothing: out/PyStack must be there (dotnet build src/PyStack.Host -c Release). Starts a program of -Threads threads, each -Depth frames deep, and ends it.
#>
[CmdletBinding()]
param([int]$Captures = 4000, [int]$Threads = 1, [int]$Depth = 20, [string]$Python = 'python3')

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot ../out/PyStack/PyStack.psd1)
$ready = [IO.Path]::GetTempFileName()
[IO.File]::Delete($ready)
$program = Join-Path $PSScriptRoot gapmeter/gaptarget.py
$target = Start-Process $Python -ArgumentList $program, '--threads', $Threads, '--depth', $Depth, '--ready', $ready -PassThru
try {
    while (-not [IO.File]::Exists($ready)) { [Threading.Thread]::Sleep(10) }
    $modes = @{}, @{ NativeAll = $true }, @{ Locals = $true }, @{ NativeAll = $true; Locals = $true }, @{ NoBlock = $true }, @{ NoBlock = $true; NativeAll = $true; Locals = $true }
    foreach ($mode in $modes) {
        for ($i = 0; $i -lt 100; $i++) { $null = Get-PyStack $target.Id @mode }
        [GC]::Collect(); [GC]::WaitForPendingFinalizers(); [GC]::Collect()
        $before = [Diagnostics.Process]::GetCurrentProcess().WorkingSet64
        $allocated = [GC]::GetTotalAllocatedBytes($true)
        $full = [GC]::CollectionCount(2)
        $times = [Collections.Generic.List[double]]::new()
        $pauses = [Collections.Generic.List[double]]::new()
        for ($i = 0; $i -lt $Captures; $i++) {
            $start = [Diagnostics.Stopwatch]::GetTimestamp()
            $found = Get-PyStack $target.Id @mode
            $times.Add([Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMilliseconds)
            $pauses.Add($found[0].Pause.TotalMilliseconds)
        }
        $times.Sort(); $pauses.Sort()
        [pscustomobject]@{
            Mode = if ($mode.Count) { ($mode.Keys | Sort-Object | ForEach-Object { "-$_" }) -join ' ' } else { '(plain)' }
            Captures = $Captures
            WarmCallMs = [Math]::Round($times[$Captures / 2], 3)
            PauseMs = [Math]::Round($pauses[$Captures / 2], 3)
            LongestPauseMs = [Math]::Round($pauses[$Captures - 1], 3)
            AllocatedKB = [Math]::Round(([GC]::GetTotalAllocatedBytes($true) - $allocated) / 1KB / $Captures, 1)
            GrowthMB = [Math]::Round(([Diagnostics.Process]::GetCurrentProcess().WorkingSet64 - $before) / 1MB, 1)
            FullCollections = [GC]::CollectionCount(2) - $full
        }
    }
}
finally {
    $target.Kill()
    $target.Dispose()
}
