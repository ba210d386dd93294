# Dot-sourced by the tests: Python programs to look at, which say when they are where they shall be.

# Starts a program and waits for its line "ready". Its input stays open: programs that read it wait until they are ended.
function Invoke-PythonTarget([string[]] $Arguments) {
    $start = [System.Diagnostics.ProcessStartInfo]::new('python3', $Arguments)
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $process = [System.Diagnostics.Process]::Start($start)
    $line = $process.StandardOutput.ReadLine()
    if ($line -ne 'ready') { throw "The Python program said '$line' and not that it is ready." }
    $process
}

# Waits until all threads of a program sleep, twice in a row: what it does behind its line "ready" is done then.
function Wait-Rest([System.Diagnostics.Process] $Process) {
    $asleep = 0
    $end = [datetime]::Now.AddSeconds(60)
    while ($asleep -lt 2) {
        if ($Process.HasExited -or [datetime]::Now -gt $end) { throw 'The Python program does not come to rest.' }
        Start-Sleep -Milliseconds 20
        $states = @(Get-Content "/proc/$($Process.Id)/task/*/stat" | ForEach-Object { ($_ -replace '^.*\) ')[0] })
        $asleep = if ($states.Count -gt 0 -and @($states -ne 'S').Count -eq 0) { $asleep + 1 } else { 0 }
    }
    $Process
}

# A program that waits inside third_func, called by second_func, first_func and the module.
function Invoke-SleepingTarget([string] $Folder) {
    $script = Join-Path $Folder 'target.py'
    Set-Content -Path $script -Value @(
        'import sys'
        'def first_func(count=3, password="hush"):'
        '    second_func()'
        'def second_func():'
        '    third_func()'
        'def third_func():'
        '    print("ready", flush=True)'
        '    sys.stdin.read()'
        'first_func()'
    )
    Wait-Rest (Invoke-PythonTarget $script)
}

# The parameters that a cmdlet has beside those that all have.
function Get-OwnParameter([string] $Command) {
    $common = [System.Management.Automation.Cmdlet]::CommonParameters
    (Get-Command $Command).Parameters.Keys | Where-Object { $_ -notin $common } | Sort-Object
}
