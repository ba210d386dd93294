#Requires -Version 7.6
# What looking at a fleet costs: time, bytes and objects of each machine, and by calculation from them a thousand machines. It runs among the machines of tests/fleet.sh:
#
#   FLEET_WELL=1 FLEET_PROCESSES=20 tests/fleet.sh pwsh -NoProfile -File bench/fleet.ps1
param(
    [ValidateRange(1, 1000)]
    [int] $Rounds = 3
)

Import-Module PyStack

# What has come from the machines so far, with the headers of Ethernet, IP, TCP and SSH: what the bridge has received.
function Get-Received {
    $line = Get-Content /proc/self/net/dev | Where-Object { $_ -match '^\s*bridge:' }
    [long](($line -split ':\s*')[1] -split '\s+')[0]
}

$machines = 'web1', 'web2', 'web3', 'web4', 'web5'
$looks = [ordered]@{
    'nothing (logging in and pwsh)' = { }
    'Get-PyStack' = { Get-PyProcess -WarningAction SilentlyContinue | Get-PyStack }
    'Get-PyStack -NoBlock' = { Get-PyProcess -WarningAction SilentlyContinue | Get-PyStack -NoBlock }
    'Find-PyDeadlock' = { Get-PyProcess -WarningAction SilentlyContinue | Find-PyDeadlock }
    'Get-PyStack, counted there' = { Get-PyProcess -WarningAction SilentlyContinue | Get-PyStack | Group-Object StackHash | ForEach-Object { [pscustomobject]@{ Count = $_.Count; Name = $_.Name; First = $_.Group[0] } } }
}

foreach ($look in $looks.GetEnumerator()) {
    $runs = foreach ($round in 1..$Rounds) {
        $before = Get-Received
        $processor = (Get-Process -Id $PID).TotalProcessorTime
        $watch = [Diagnostics.Stopwatch]::StartNew()
        $found = @(Invoke-Command -HostName $machines -ScriptBlock $look.Value -WarningAction SilentlyContinue)
        [pscustomobject]@{
            Seconds = $watch.Elapsed.TotalSeconds
            Kilobytes = ((Get-Received) - $before) / 1KB
            Objects = $found.Count
            Own = ((Get-Process -Id $PID).TotalProcessorTime - $processor).TotalSeconds
        }
    }
    $best = $runs | Sort-Object Seconds | Select-Object -First 1
    $each = $best.Kilobytes / $machines.Count

    # Time and bytes here grow with the machines; their own work is done side by side, by 32 of them at a time.
    [pscustomobject]@{
        Look = $look.Key
        Seconds = [Math]::Round($best.Seconds, 1)
        Objects = $best.Objects
        KBytes = [Math]::Round($best.Kilobytes)
        KBytesEach = [Math]::Round($each)
        OwnSeconds = [Math]::Round($best.Own, 2)
        MBytesOf1000 = [Math]::Round($each * 1000 / 1024)
        OwnSecondsOf1000 = [Math]::Round($best.Own / $machines.Count * 1000)
    }
}
