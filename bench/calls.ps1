<#
.SYNOPSIS
What a call costs the observer: time of a warm call, bytes allocated for each capture, the pause, and how far the process grows over many captures, in
each mode.
.DESCRIPTION
Builds nothing: out/PyStack must be there (dotnet build src/PyStack.Host -c Release). For each of -Threads, starts a program of so many threads, each
-Depth frames deep, of which -Running compute and the others sleep, and ends it. -Captures is for one thread; of a program of more threads fewer are
taken, by the square root of their number. With more than one module each row is measured in a pwsh of its own, and the modules take turns.
.EXAMPLE
pwsh bench/calls.ps1 -Captures 4000 -Threads 1,100,1000 -Python $(command -v python3)
.EXAMPLE
pwsh bench/calls.ps1 -Threads 1,100,1000 -Module /path/to/another/checkout/out/PyStack,out/PyStack
#>
[CmdletBinding()]
param(
    [int]$Captures = 4000,
    [string[]]$Threads = '1',
    [int]$Depth = 20,
    [int]$Running = 0,
    [string]$Python = 'python3',
    [string[]]$Module = (Join-Path $PSScriptRoot ../out/PyStack),
    [string[]]$Mode = ('(plain)', '-NativeAll', '-Locals', '-Locals -NativeAll', '-NoBlock', '-Locals -NativeAll -NoBlock'),
    [int]$ProcessId,
    [switch]$Csv)

$ErrorActionPreference = 'Stop'

# One row: a mode on a process that runs.
function Measure-Mode([string]$Name, [int]$Id, [int]$Count, [int]$Of) {
    $how = @{}
    foreach ($switch in $Name.Split(' ')) { if ($switch.StartsWith('-')) { $how[$switch.Substring(1)] = $true } }
    for ($i = 0; $i -lt [Math]::Min(100, $Count); $i++) { $null = Get-PyStack $Id @how }
    [GC]::Collect(); [GC]::WaitForPendingFinalizers(); [GC]::Collect()
    $before = [Diagnostics.Process]::GetCurrentProcess().WorkingSet64
    $allocated = [GC]::GetTotalAllocatedBytes($true)
    $full = [GC]::CollectionCount(2)
    $times = [Collections.Generic.List[double]]::new()
    $pauses = [Collections.Generic.List[double]]::new()
    for ($i = 0; $i -lt $Count; $i++) {
        $start = [Diagnostics.Stopwatch]::GetTimestamp()
        $found = Get-PyStack $Id @how
        $times.Add([Diagnostics.Stopwatch]::GetElapsedTime($start).TotalMilliseconds)
        $pauses.Add($found[0].Pause.TotalMilliseconds)
    }
    $times.Sort(); $pauses.Sort()
    [pscustomobject]@{
        Threads = $Of
        Mode = $Name
        Module = $null
        Captures = $Count
        WarmCallMs = [Math]::Round($times[[Math]::Floor($Count / 2)], 3)
        PauseMs = [Math]::Round($pauses[[Math]::Floor($Count / 2)], 3)
        LongestPauseMs = [Math]::Round($pauses[$Count - 1], 3)
        AllocatedKB = [Math]::Round(([GC]::GetTotalAllocatedBytes($true) - $allocated) / 1KB / $Count, 1)
        GrowthMB = [Math]::Round(([Diagnostics.Process]::GetCurrentProcess().WorkingSet64 - $before) / 1MB, 1)
        FullCollections = [GC]::CollectionCount(2) - $full
    }
}

# pwsh -File passes a list as one string.
$modules = @($Module -split ',' | ForEach-Object { (Resolve-Path $_).Path })
$modes = @($Mode -split ',')
if ($Csv) {
    # The pwsh of one row.
    Import-Module $modules[0]
    Measure-Mode -Name $modes[0] -Id $ProcessId -Count $Captures -Of $Threads[0] | ConvertTo-Csv
    return
}

if ($modules.Count -eq 1) { Import-Module $modules[0] }
# Installed as a .NET tool, pwsh is a program of dotnet.
$pwsh = (Get-Process -Id $PID).Path
$before = @(if ([IO.Path]::GetFileName($pwsh) -eq 'dotnet') { "$PSHOME/pwsh.dll" })
foreach ($number in [int[]]($Threads -split ',')) {
    $count = [Math]::Max(5, [int]($Captures / [Math]::Sqrt($number)))
    $ready = [IO.Path]::GetTempFileName()
    [IO.File]::Delete($ready)
    $program = Join-Path $PSScriptRoot gapmeter/gaptarget.py
    $options = '--threads', $number, '--depth', $Depth, '--running', $Running, '--ready', $ready
    $target = Start-Process $Python -ArgumentList (@($program) + $options) -PassThru
    try {
        while (-not [IO.File]::Exists($ready)) { [Threading.Thread]::Sleep(10) }
        foreach ($name in $modes) {
            foreach ($path in $modules) {
                $row = if ($modules.Count -eq 1) {
                    Measure-Mode -Name $name -Id $target.Id -Count $count -Of $number
                }
                else {
                    $lines = & $pwsh @before -NoLogo -NoProfile -NonInteractive -File $PSCommandPath -Csv `
                        -Module $path -Mode $name -ProcessId $target.Id -Captures $count -Threads $number
                    if ($LASTEXITCODE -ne 0) { throw "The captures with $path failed." }
                    $lines | ConvertFrom-Csv
                }
                $row.Module = $path
                $row
            }
        }
    }
    finally {
        $target.Kill()
        $target.Dispose()
        [IO.File]::Delete($ready)
    }
}
