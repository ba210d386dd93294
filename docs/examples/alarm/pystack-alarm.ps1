#Requires -Version 7.6
<#
.SYNOPSIS
Looks for Python processes of this machine that hang, keeps the evidence, and writes one line of JSON for each new hang.

.DESCRIPTION
A hang is a deadlock that Find-PyDeadlock proves, or a thread that waits for a lock, an import or a disk, and has not run at all for a while. Idle threads wait too, but for work: what counts is in -Kind.

For each process with a new hang a small core and a report are saved below -StateDirectory, and one line goes to standard output, which systemd writes to the journal: "<4>" and a JSON object. A hang that was
reported is not reported again while it lasts: known.json has the hashes. Old files are removed: -Keep and -MaxMegabytes.

It is meant for pystack-alarm.service and its timer, as root. It changes nothing in any process. The files have what the stacks have, and the cores memory of the processes: keep them as confidential as these.

.PARAMETER StateDirectory
A folder that only root may write to. systemd makes it (StateDirectory=).

.PARAMETER StuckSeconds
How long a thread must not have run, over the runs of the timer, before that is a hang. Deadlocks are reported at once.

.PARAMETER Kind
The waits that count for a thread that does not run.

.PARAMETER Keep
How many reports and cores are kept.

.PARAMETER MaxMegabytes
How large they may be together.

.EXAMPLE
./pystack-alarm.ps1 -StateDirectory /var/lib/pystack-alarm
#>
[CmdletBinding()]
param(
    [string] $StateDirectory = $env:STATE_DIRECTORY,
    [ValidateRange(0, 86400)]
    [int] $StuckSeconds = 300,
    [string[]] $Kind = @('Lock', 'RLock', 'Import', 'FileLock', 'Mutex', 'Disk'),
    [ValidateRange(2, 100)]
    [int] $Count = 3,
    [ValidateRange(1, 60)]
    [int] $Interval = 2,
    [ValidateRange(1, 10000)]
    [int] $Keep = 20,
    [ValidateRange(1, 1000000)]
    [int] $MaxMegabytes = 200
)

$PSStyle.OutputRendering = 'PlainText'
Import-Module PyStack
$now = [DateTimeOffset]::UtcNow
$MaxKnown = 1000
$MaxText = 2000

# The journal takes the number for the priority (sd-daemon(3)): 4 is a warning, 3 an error. Everything but ASCII is escaped, so it is one line whatever is in it.
function Write-JournalLine([int] $Priority, [Collections.IDictionary] $Fields) {
    [Console]::Out.WriteLine("<$Priority>" + (ConvertTo-Json $Fields -Compress -Depth 3 -EscapeHandling EscapeNonAscii))
}

function Write-Failure([string] $What, [object[]] $Failures) {
    foreach ($failure in $Failures | Select-Object -First 5) {
        Write-JournalLine 3 ([ordered]@{ event = 'pystack-alarm-failure'; what = $What; error = $failure.FullyQualifiedErrorId; message = Limit-Text "$failure" })
    }
}

function Limit-Text([string] $Text) {
    if ($Text.Length -gt $MaxText) { $Text.Substring(0, $MaxText) + '...' } else { $Text }
}

function Get-Hash([string] $Text) {
    [Convert]::ToHexStringLower([Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($Text)))[0..31] -join ''
}

# With its id this is the same as long as a process lives: when it began, in ticks since boot (field 22 of proc_pid_stat(5)). Times of the clock change with the clock.
function Get-Start([int] $Id) {
    $stat = Get-Content -LiteralPath "/proc/$Id/stat" -Raw -ErrorAction SilentlyContinue
    if ($stat) { ($stat.Substring($stat.LastIndexOf(')') + 2) -split ' ')[19] }
}

# What was seen before: hash -> since, last, reported. A file that cannot be read is as good as none.
function Read-Known([string] $Path) {
    $known = @{}
    try {
        if ((Test-Path -LiteralPath $Path) -and (Get-Item -LiteralPath $Path).Length -lt 1MB) {
            $entries = (Get-Content -LiteralPath $Path -Raw -ErrorAction Stop | ConvertFrom-Json -AsHashtable -DateKind Offset).entries
            foreach ($entry in $entries) {
                $known[$entry.hash] = @{ since = [DateTimeOffset]$entry.since; last = [DateTimeOffset]$entry.last; reported = [bool]$entry.reported }
            }
        }
    }
    catch {
        Write-Failure 'known.json' $_
    }

    $known
}

# Aside and renamed, so that it is never half a file. Entries of hangs that are over are forgotten after a day.
function Save-Known([string] $Path, [hashtable] $Known) {
    $entries = $Known.GetEnumerator() | Where-Object { $now - $_.Value.last -lt [TimeSpan]::FromDays(1) } | Sort-Object { $_.Value.last } -Descending | Select-Object -First $MaxKnown |
        ForEach-Object { [ordered]@{ hash = $_.Key; since = $_.Value.since.ToString('o'); last = $_.Value.last.ToString('o'); reported = $_.Value.reported } }
    @{ entries = @($entries) } | ConvertTo-Json -Depth 3 | Set-Content -LiteralPath "$Path.new" -ErrorAction Stop
    Move-Item -LiteralPath "$Path.new" -Destination $Path -Force -ErrorAction Stop
}

# The newest files that fit.
function Limit-Evidence([string] $Folder) {
    $number = 0
    $bytes = 0L
    foreach ($file in Get-ChildItem -LiteralPath $Folder -File | Sort-Object LastWriteTimeUtc -Descending) {
        $number++
        $bytes += $file.Length
        if ($number -gt $Keep -or $bytes -gt $MaxMegabytes * 1MB) {
            Remove-Item -LiteralPath $file.FullName -ErrorAction SilentlyContinue
        }
    }
}

if (-not $StateDirectory) {
    Write-Error 'There is no state directory: give -StateDirectory, or StateDirectory= in the unit.' -ErrorId NoStateDirectory
    exit 1
}

$evidence = Join-Path $StateDirectory 'evidence'
$null = [IO.Directory]::CreateDirectory($evidence, [IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
$knownPath = Join-Path $StateDirectory 'known.json'
$known = Read-Known $knownPath

# What hangs: each with the process and a hash that is the same as long as it lasts.
$processes = @(Get-PyProcess -WarningAction SilentlyContinue -WarningVariable leftOut)
if ($leftOut) {
    Write-JournalLine 3 ([ordered]@{ event = 'pystack-alarm-failure'; what = 'Get-PyProcess'; error = 'ProcessesLeftOut'; message = Limit-Text "$leftOut" })
}

$byId = @{}
$processes | ForEach-Object { $byId[$_.Id] = $_ }
$readable = @($processes | Where-Object { $_.IsAccessible -and $_.Implementation -eq 'CPython' })
$deadlocks = @($readable | Find-PyDeadlock -ErrorAction SilentlyContinue -ErrorVariable failures)
Write-Failure 'Find-PyDeadlock' $failures
$threads = @($readable | Get-PyStack -Count $Count -Interval $Interval -NoBlock -ErrorAction SilentlyContinue -ErrorVariable failures)
Write-Failure 'Get-PyStack' $failures

$hangs = [Collections.Generic.List[object]]::new()
foreach ($deadlock in $deadlocks) {
    $who = $deadlock.Threads | Sort-Object ProcessId, ThreadId | ForEach-Object { "$($_.ProcessId)/$(Get-Start $_.ProcessId)/$($_.ThreadId)/$($_.StackHash)" }
    $tasks = $deadlock.Tasks | Sort-Object Id | ForEach-Object { "$($_.ProcessId)/$($_.Id)/$($_.StackHash)" }
    $hangs.Add([pscustomobject]@{ ProcessId = $deadlock.ProcessId; Kind = "Deadlock$($deadlock.Kind)"; Hash = Get-Hash "$($deadlock.Kind) $who $tasks"; Text = $deadlock.Description; IsProven = $true; Deadlock = $deadlock })
}

# The threads of a deadlock are not stuck threads as well.
$inDeadlock = @($deadlocks.Threads | ForEach-Object { "$($_.ProcessId)/$($_.ThreadId)" })
$last = $threads | Group-Object ProcessId, ThreadId, InterpreterId | ForEach-Object { $_.Group | Sort-Object CapturedAt | Select-Object -Last 1 }
foreach ($thread in $last | Where-Object IsStuck) {
    if (($thread.Wait.Kind -in $Kind -or $thread.State -eq 'DiskSleep') -and "$($thread.ProcessId)/$($thread.ThreadId)" -notin $inDeadlock) {
        $hash = Get-Hash "Stuck $($thread.ProcessId)/$(Get-Start $thread.ProcessId)/$($thread.ThreadId)/$($thread.StackHash)"
        $hangs.Add([pscustomobject]@{ ProcessId = $thread.ProcessId; Kind = 'StuckThread'; Hash = $hash; Text = "Thread $($thread.ThreadId) ($($thread.PythonName)) waits for $($thread.Wait)"; IsProven = $false; Deadlock = $null })
    }
}

# Those that are new, or have lasted long enough by now.
$new = foreach ($hang in $hangs) {
    $entry = $known[$hang.Hash]
    if (-not $entry) {
        $entry = $known[$hang.Hash] = @{ since = $now; last = $now; reported = $false }
    }

    $entry.last = $now
    if (-not $entry.reported -and ($hang.IsProven -or ($now - $entry.since).TotalSeconds -ge $StuckSeconds)) {
        $entry.reported = $true
        $hang
    }
}

foreach ($group in $new | Group-Object ProcessId) {
    $id = $group.Group[0].ProcessId
    $process = $byId[$id]
    $name = Join-Path $evidence "$($now.ToString('yyyyMMdd-HHmmss'))-$id"
    $core = Save-PyCore -Id $id -Path "$name.core.zst" -Native -ErrorAction SilentlyContinue -ErrorVariable failures
    Write-Failure 'Save-PyCore' $failures
    $report = @($process) + @(Get-PyStack -Id $id -NoBlock -ErrorAction SilentlyContinue) + @(Get-PyTask -Id $id -NoBlock -ErrorAction SilentlyContinue) + @($group.Group.Deadlock | Where-Object { $_ }) |
        Export-PyReport -Path "$name.html" -PassThru -ErrorAction SilentlyContinue -ErrorVariable failures
    Write-Failure 'Export-PyReport' $failures
    Write-JournalLine 4 ([ordered]@{
            event = 'pystack-alarm'
            kind = @($group.Group.Kind | Select-Object -Unique)
            machine = [Environment]::MachineName
            processId = $id
            name = $process.Name
            unit = $process.Unit
            container = $process.Container
            pod = $process.Pod
            namespace = $process.Namespace
            python = $process.PythonVersion
            started = $process.StartTime.ToUniversalTime().ToString('o')
            since = @($group.Group | ForEach-Object { $known[$_.Hash].since } | Sort-Object)[0].ToString('o')
            hangs = @($group.Group).Count
            text = Limit-Text (@($group.Group.Text | Select-Object -First 10) -join "`n")
            core = if ($core) { $core.FullName }
            report = if ($report) { $report.FullName }
        })
}

Limit-Evidence $evidence
try {
    Save-Known $knownPath $known
}
catch {
    Write-Failure 'known.json' $_
    exit 1
}
