<#
.SYNOPSIS
The first call in a fresh pwsh: Import-Module and Get-PyStack together, the start of pwsh itself left out.
.DESCRIPTION
Builds nothing: out/PyStack must be there (dotnet build src/PyStack.Host -c Release). Starts a program of -Threads threads, each -Depth frames deep, and
ends it. Each run is a pwsh of its own (the one that runs this script). Medians, and the least and the greatest, in milliseconds:
Import    Import-Module
Empty     Import-Module of a module without anything in it: what PowerShell itself needs
Call      Get-PyStack, the objects alone
View      the text of its default view, after the call
Sum       import and call; with the view in SumWithView
.EXAMPLE
pwsh bench/firstcall.ps1 -Runs 15
.EXAMPLE
pwsh bench/firstcall.ps1 -Module /path/to/another/checkout/out/PyStack,out/PyStack
Before and after in one run: the modules take turns.
#>
[CmdletBinding()]
param([int]$Runs = 15, [string[]]$Module = (Join-Path $PSScriptRoot ../out/PyStack), [int]$Threads = 1, [int]$Depth = 20, [string]$Python = 'python3')

$ErrorActionPreference = 'Stop'
$ready = [IO.Path]::GetTempFileName()
[IO.File]::Delete($ready)
$program = Join-Path $PSScriptRoot gapmeter/gaptarget.py
$target = Start-Process $Python -ArgumentList $program, '--threads', $Threads, '--depth', $Depth, '--ready', $ready -PassThru
# A script block of its own pwsh, as text: all that comes before Import-Module is bound before the clock starts.
$script = @'
$clock = [Diagnostics.Stopwatch]::GetTimestamp(); $null = [Diagnostics.Stopwatch]::GetElapsedTime($clock).TotalMilliseconds
$null = Get-Command Out-Null
$clock = [Diagnostics.Stopwatch]::GetTimestamp()
Import-Module '{0}'
$import = [Diagnostics.Stopwatch]::GetElapsedTime($clock).TotalMilliseconds
$found = Get-PyStack -Id {1}
$call = [Diagnostics.Stopwatch]::GetElapsedTime($clock).TotalMilliseconds
$text = $found | Out-String
$view = [Diagnostics.Stopwatch]::GetElapsedTime($clock).TotalMilliseconds
if ($text -notmatch 'gaptarget') {{ throw 'the view shows no stack' }}
[string]::Format([cultureinfo]::InvariantCulture, 'first {{0:F2}} {{1:F2}} {{2:F2}}', $import, $call - $import, $view - $call)
'@

$emptyScript = ($script -split "`n" | Select-Object -First 5) + '[string]::Format([cultureinfo]::InvariantCulture, ''first {{0:F2}}'', $import)' -join "`n"
$empty = New-Item -ItemType Directory -Path ([IO.Path]::GetTempPath()) -Name "pystack-empty-$PID/Empty"
'' > "$empty/Empty.psm1"
New-ModuleManifest -Path "$empty/Empty.psd1" -RootModule Empty.psm1 -FunctionsToExport @() -CmdletsToExport @() -VariablesToExport @() -AliasesToExport @()

# Installed as a .NET tool, pwsh is a program of dotnet.
$pwsh = (Get-Process -Id $PID).Path
$before = @(if ([IO.Path]::GetFileName($pwsh) -eq 'dotnet') { "$PSHOME/pwsh.dll" })

function Get-Spread([double[]]$Values) {
    $sorted = $Values | Sort-Object
    '{0:F1} ({1:F1} .. {2:F1})' -f @($sorted)[[int][Math]::Floor($Values.Count / 2)], @($sorted)[0], @($sorted)[-1]
}

try {
    while (-not [IO.File]::Exists($ready)) { [Threading.Thread]::Sleep(10) }
    $folders = @($Module -split ',' | ForEach-Object { (Resolve-Path $_).Path })   # pwsh -File passes a list as one string
    $measured = @{}
    foreach ($folder in $folders) { $measured[$folder] = [Collections.Generic.List[double[]]]::new() }
    $emptyTimes = [Collections.Generic.List[double]]::new()
    # The first turn warms the machine's caches and is not counted.
    for ($run = 0; $run -le $Runs; $run++) {
        $answer = @(& $pwsh @before -NoLogo -NoProfile -NonInteractive -Command ($emptyScript -f $empty)) -match '^first '
        if ($run -gt 0) { $emptyTimes.Add([double]$answer[0].Split(' ')[1]) }
        foreach ($folder in $folders) {
            $command = $script -f $folder.Replace("'", "''"), $target.Id
            $answer = @(& $pwsh @before -NoLogo -NoProfile -NonInteractive -Command $command) -match '^first '
            if ($answer.Count -ne 1) { throw "The call with $folder failed." }
            if ($run -gt 0) { $measured[$folder].Add([double[]]$answer[0].Split(' ')[1..3]) }
        }
    }

    foreach ($folder in $folders) {
        $times = $measured[$folder]
        [pscustomobject]@{
            Module = $folder
            Runs = $Runs
            Empty = Get-Spread $emptyTimes
            Import = Get-Spread ($times | ForEach-Object { $_[0] })
            Call = Get-Spread ($times | ForEach-Object { $_[1] })
            View = Get-Spread ($times | ForEach-Object { $_[2] })
            Sum = Get-Spread ($times | ForEach-Object { $_[0] + $_[1] })
            SumWithView = Get-Spread ($times | ForEach-Object { $_[0] + $_[1] + $_[2] })
        }
    }
}
finally {
    $target.Kill()
    $target.Dispose()
    [IO.File]::Delete($ready)
    Remove-Item (Split-Path $empty) -Recurse
}
