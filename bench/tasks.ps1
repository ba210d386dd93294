<#
.SYNOPSIS
What Get-PyTask costs: time of the first and of a warm call, the pause, bytes allocated for each call, and what the objects take, for 10, 1,000 and 100,000 tasks of asyncio.
.DESCRIPTION
Builds nothing: out/PyStack must be there (dotnet build src/PyStack.Host -c Release). For each of -Tasks, starts tests/Programs/many_tasks.py, whose tasks all wait in one place, two coroutines deep, and ends it.
The first call is the first on that process, in a session that has read another one.
.EXAMPLE
pwsh bench/tasks.ps1 -Tasks 10,1000,100000 -Mode '(plain)','-Locals' | Format-Table
#>
[CmdletBinding()]
param(
    [string[]]$Tasks = ('10', '1000', '100000'),
    [string[]]$Mode = ('(plain)', '-Tree', '-Locals', '-NoBlock'),
    [int]$Captures = 100,
    [string]$Python = 'python3',
    [string]$Module = (Join-Path $PSScriptRoot ../out/PyStack))

$ErrorActionPreference = 'Stop'
Import-Module $Module

function Measure-Memory {
    [GC]::Collect(); [GC]::WaitForPendingFinalizers(); [GC]::Collect()
    [GC]::GetTotalMemory($true)
}

function Invoke-Target([int]$Number) {
    $start = [Diagnostics.ProcessStartInfo]::new($Python, [string[]] @((Join-Path $PSScriptRoot ../tests/Programs/many_tasks.py), $Number))
    $start.RedirectStandardOutput = $true
    $target = [Diagnostics.Process]::Start($start)
    if ($target.StandardOutput.ReadLine() -ne 'ready') { throw 'The Python program does not say that it is ready.' }
    $target
}

# Compiles what the rows use.
$other = Invoke-Target 100
try {
    foreach ($name in $Mode -split ',') { $how = @{}; if ($name.StartsWith('-')) { $how[$name.Substring(1)] = $true }; for ($i = 0; $i -lt 30; $i++) { $null = Get-PyTask $other.Id @how } }
}
finally {
    $other.Kill()
}

foreach ($number in [int[]]($Tasks -split ',')) {
    $count = [Math]::Max(3, [int]($Captures / [Math]::Sqrt($number)))
    foreach ($name in $Mode -split ',') {
        $how = @{}
        if ($name.StartsWith('-')) { $how[$name.Substring(1)] = $true }
        # A process of its own for each row: the first call is one.
        $target = Invoke-Target $number
        try {
            $before = Measure-Memory
            $allocated = [GC]::GetTotalAllocatedBytes($true)
            $times = [Collections.Generic.List[double]]::new()
            $pauses = [Collections.Generic.List[double]]::new()
            $live = 0
            for ($i = 0; $i -le $count; $i++) {
                $start = [Diagnostics.Stopwatch]::GetTimestamp()
                $found = Get-PyTask $target.Id @how
                $times.Add([Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMilliseconds)
                $pauses.Add($found[0].PauseMilliseconds)
            }
            $allocated = [GC]::GetTotalAllocatedBytes($true) - $allocated
            $live = (Measure-Memory) - $before
            $first = $times[0]
            $times.RemoveAt(0)
            $times.Sort(); $pauses.Sort()
            [pscustomobject]@{
                Tasks = $found.Count
                Mode = $name
                Captures = $count
                FirstCallMs = [Math]::Round($first, 1)
                WarmCallMs = [Math]::Round($times[[Math]::Floor($times.Count / 2)], 1)
                PauseMs = [Math]::Round($pauses[[Math]::Floor($pauses.Count / 2)], 3)
                LongestPauseMs = [Math]::Round($pauses[$pauses.Count - 1], 3)
                Coherent = @($found.IsCoherent -eq $true).Count
                AllocatedKB = [Math]::Round($allocated / 1KB / ($count + 1), 1)
                ObjectsKB = [Math]::Round($live / 1KB, 1)
                PeakMB = [Math]::Round([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1MB)
            }
            $found = $null
        }
        finally {
            $target.Kill()
            $target.Dispose()
        }
    }
}
