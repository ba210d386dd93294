#Requires -Version 7.6
<#
.SYNOPSIS
Looks at the Python processes of many machines or pods at once.

.DESCRIPTION
Machines are reached by PowerShell's remoting over SSH: pwsh is a subsystem of their sshd, and PyStack is installed on them and here. Pods are reached by kubectl exec: pystack-host is in them.
Returns the threads (or deadlocks, or tasks) of all of them, with PSComputerName. A machine that cannot be reached, does not answer in time, or does not let its processes be read is an error that names it;
all others are returned. With -Folder everything is also written there, with one small core for each process that has a deadlock.

.PARAMETER HostName
The machines, as ssh knows them: web1, operator@web2. Users, keys and ports belong into ~/.ssh/config.

.PARAMETER Pod
The pods: namespace/pod, or namespace/pod/container.

.PARAMETER Name
Only processes of these names, with wildcards.

.PARAMETER Find
What to look for. Locals adds the variables to threads; values whose names look like a secret are hidden on the far side.

.PARAMETER NoBlock
Stops no thread of any process.

.PARAMETER Folder
Where to write the results, as fleet.xml for Import-Clixml, and the cores. It is made with mode 0700: stacks and cores are confidential.

.PARAMETER TimeoutSeconds
How long to wait for each machine or pod.

.PARAMETER ThrottleLimit
How many pods at the same time. Machines are 32 at a time, as Invoke-Command -HostName has it.

.EXAMPLE
./fleet.ps1 -HostName web1, web2, web3 | Group-Object StackHash | Sort-Object Count -Descending

.EXAMPLE
./fleet.ps1 -HostName (Get-Content machines.txt) -Find Deadlocks -Folder ./hang | Format-PyStack

.EXAMPLE
./fleet.ps1 -Pod (kubectl get pods -n pystack -o name | ForEach-Object { $_ -replace '^pod', 'pystack' })
#>
[CmdletBinding()]
param(
    [string[]] $HostName = @(),
    [string[]] $Pod = @(),
    [string[]] $Name = @(),
    [ValidateSet('Threads', 'Locals', 'Deadlocks', 'Tasks')]
    [string] $Find = 'Threads',
    [switch] $NoBlock,
    [string] $Folder,
    [ValidateRange(1, 86400)]
    [int] $TimeoutSeconds = 60,
    [ValidateRange(1, 1024)]
    [int] $ThrottleLimit = 32
)

Import-Module PyStack
$caller = $PSCmdlet
$options = @{ BatchMode = 'yes'; ConnectTimeout = $TimeoutSeconds }

# What runs on each machine. Errors and warnings of PyStack come back with the machine's name.
$look = {
    param([string[]] $Name, [string] $Find, [bool] $NoBlock)
    Import-Module PyStack
    $filter = if ($Name) { @{ Name = $Name } } else { @{} }
    $processes = Get-PyProcess @filter -WarningAction SilentlyContinue -WarningVariable leftOut
    foreach ($warning in $leftOut) {
        Write-Error -Message "$warning" -ErrorId ProcessesLeftOut -Category PermissionDenied
    }

    switch ($Find) {
        'Threads' { $processes | Get-PyStack -NoBlock:$NoBlock }
        'Locals' { $processes | Get-PyStack -Locals -NoBlock:$NoBlock }
        'Deadlocks' { $processes | Find-PyDeadlock -NoBlock:$NoBlock }
        'Tasks' { $processes | Get-PyTask -NoBlock:$NoBlock }
    }
}

# A small core of each process that has a deadlock, for whoever looks at it later.
$save = {
    param([int[]] $Id)
    Import-Module PyStack
    $folder = [IO.Directory]::CreateTempSubdirectory('pystack-fleet-').FullName
    $null = Save-PyCore -Id $Id -Path "$folder/{0}.core"
    (Get-ChildItem -LiteralPath $folder).FullName
}

function Write-MachineError([string] $Machine, [string] $Id, [string] $Message, [Management.Automation.ErrorCategory] $Category) {
    $caller.WriteError([Management.Automation.ErrorRecord]::new([InvalidOperationException]::new("[$Machine] $Message"), $Id, $Category, $Machine))
}

function Save-Result([object[]] $Result) {
    if ($Folder) {
        $null = [IO.Directory]::CreateDirectory($Folder, [IO.UnixFileMode]'UserRead, UserWrite, UserExecute')
        $Result | Export-Clixml -Path (Join-Path $Folder 'fleet.xml')
    }
}

# One job for each machine, so that one that hangs does not hold up the others. PowerShell runs 32 of them at a time.
function Invoke-Machine {
    $job = Invoke-Command -HostName $HostName -ScriptBlock $look -ArgumentList $Name, $Find, $NoBlock.IsPresent -ConnectingTimeout ($TimeoutSeconds * 1000) -Options $options -AsJob
    $null = Wait-Job -Job $job -Timeout ($TimeoutSeconds * [Math]::Ceiling($HostName.Count / 32))
    foreach ($child in $job.ChildJobs) {
        if ($child.State -in 'Running', 'NotStarted') {
            Write-MachineError -Machine $child.Location -Id MachineNotResponding -Message "It did not answer within $TimeoutSeconds s." -Category OperationTimeout
        }

        # Its errors are errors here, under their own ids; the message or OriginInfo has the machine.
        Receive-Job -Job $child -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures | ForEach-Object { $caller.WriteError($_) }
    }

    Remove-Job -Job $job -Force
}

function Copy-Core([object[]] $Result) {
    foreach ($group in $Result | Group-Object PSComputerName) {
        $session = New-PSSession -HostName ($HostName | Where-Object { $_ -replace '^.*@' -eq $group.Name }) -ConnectingTimeout ($TimeoutSeconds * 1000) -Options $options
        if ($session) {
            $target = New-Item -ItemType Directory -Path (Join-Path $Folder $group.Name) -Force
            $files = Invoke-Command -Session $session -ScriptBlock $save -ArgumentList (, [int[]]@($group.Group.ProcessId | Select-Object -Unique))
            foreach ($file in $files) {
                Copy-Item -FromSession $session -Path $file -Destination $target.FullName
            }

            if ($files) {
                Invoke-Command -Session $session -ScriptBlock { param($Path) Remove-Item -LiteralPath $Path -Recurse } -ArgumentList (Split-Path @($files)[0])
            }

            Remove-PSSession $session
        }
    }
}

# The same in a pod, as text: pystack-host writes the objects as XML, and here they become objects again, with the pod's name.
function Invoke-Pod([string[]] $Pod) {
    $settings = @{ Name = $Name; Find = $Find; NoBlock = $NoBlock.IsPresent } | ConvertTo-Json -Compress

    # Standard output has the objects alone: warnings and progress would be in it, and errors are not.
    $script = "`$WarningPreference = `$ProgressPreference = 'SilentlyContinue'; `$set = '$($settings -replace "'", "''")' | ConvertFrom-Json; & { $look } -Name `$set.Name -Find `$set.Find -NoBlock `$set.NoBlock | ConvertTo-CliXml -Depth 6"
    $Pod | ForEach-Object -ThrottleLimit $ThrottleLimit -TimeoutSeconds ($TimeoutSeconds * [Math]::Ceiling($Pod.Count / $ThrottleLimit)) -Parallel {
        # namespace/pod/container
        $parts = $_ -split '/', 3
        $words = @('exec', '-n') + $parts[0, 1] + $(if ($parts[2]) { '-c', $parts[2] }) + '--'
        $text = & kubectl @words pystack-host -NoProfile -NonInteractive -Command $using:script 2>&1
        [pscustomobject]@{
            Pod = $_
            ExitCode = $LASTEXITCODE
            Objects = ($text | Where-Object { $_ -is [string] }) -join "`n"
            Errors = ($text | Where-Object { $_ -isnot [string] }) -join "`n"
        }
    }
}

$result = [Collections.Generic.List[object]]::new()
if ($Folder) {
    # Relative to PowerShell's location, which is not that of the process.
    $Folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Folder)
}

if ($HostName) {
    Invoke-Machine | ForEach-Object { $result.Add($_); $_ }
    Save-Result $result
    if ($Folder -and $Find -eq 'Deadlocks') {
        Copy-Core $result
    }
}

if ($Pod) {
    $answered = foreach ($answer in Invoke-Pod $Pod) {
        $answer.Pod
        if ($answer.ExitCode -ne 0) {
            Write-MachineError -Machine $answer.Pod -Id PodFailed -Message $answer.Errors -Category ConnectionError
        }

        if ($answer.Objects) {
            $objects = ConvertFrom-CliXml $answer.Objects
            foreach ($one in $objects) {
                $one | Add-Member PSComputerName $answer.Pod -Force
                $result.Add($one)
            }
        }
    }

    foreach ($silent in $Pod | Where-Object { $_ -notin $answered }) {
        Write-MachineError -Machine $silent -Id MachineNotResponding -Message "It did not answer within $TimeoutSeconds s." -Category OperationTimeout
    }

    $result | Where-Object PSComputerName -In $Pod
    Save-Result $result
}
