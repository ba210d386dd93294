# What the tests of fleets ask five machines, all in one: tests/fleet.sh starts them. Writes one JSON object.
$ErrorActionPreference = 'Continue'
Import-Module PyStack
$script:answer = [ordered]@{}

function Save-Error($Name, $Errors) {
    $answer[$Name] = @($Errors | ForEach-Object { [ordered]@{ Id = $_.FullyQualifiedErrorId -replace ',.*'; Text = "$_"; Target = "$($_.TargetObject)"; Origin = "$($_.OriginInfo)"; Action = "$($_.ErrorDetails.RecommendedAction)" } })
}

# All five at once. The user of web4 may not trace, and web5 is down.
$all = 'web1', 'web2', 'web3', 'web4', 'web5'
$found = Invoke-Command -HostName $all -ErrorAction SilentlyContinue -ErrorVariable failures -WarningAction SilentlyContinue -WarningVariable warnings -ScriptBlock {
    Get-PyProcess | Get-PyStack -Locals
    Get-PyProcess -WarningAction SilentlyContinue | Find-PyDeadlock
    Get-Process python* | Where-Object { $env:USER -eq 'operator' } | Select-Object -First 1 | Get-PyStack
}
$threads = @($found | Where-Object { $_.PSTypeNames -contains 'Deserialized.PyStack.PyThread' })
$deadlocks = @($found | Where-Object { $_.PSTypeNames -contains 'Deserialized.PyStack.PyDeadlock' })
Save-Error Failures $failures
$answer.Warnings = @($warnings | ForEach-Object { "$_" })
$answer.Machines = @($threads | Group-Object PSComputerName -NoElement | Sort-Object Name | ForEach-Object { "$($_.Name): $($_.Count)" })
$answer.SameStacks = @($threads | Group-Object StackHash | Where-Object { $_.Group.PSComputerName -contains 'web1' -and $_.Group.PSComputerName -contains 'web3' }).Count
$answer.Stacks = @($threads | Where-Object PSComputerName -EQ web1 | Select-Object -ExpandProperty StackHash -Unique).Count
$answer.Deadlocks = @($deadlocks | Sort-Object PSComputerName | ForEach-Object { "$($_.PSComputerName): $($_.Kind)" })
$answer.View = $threads | Out-String -Width 250
$answer.Table = $threads | Format-Table | Out-String -Width 250
$answer.Lines = $found | Format-PyStack | Out-String -Width 250
$answer.Xml = $found | ConvertTo-CliXml

# A file of a machine.
$session = New-PSSession -HostName web1
$file = Invoke-Command -Session $session -ScriptBlock {
    $path = [IO.Path]::GetTempFileName()
    Get-PyProcess | Get-PyStack | Export-Clixml $path
    $path
}
Copy-Item -FromSession $session -Path $file -Destination "$args/copied.xml"
$answer.Copied = @(Import-Clixml "$args/copied.xml").Count
if (Get-Command Save-PyCore -ErrorAction Ignore) {
    $core = Invoke-Command -Session $session -ScriptBlock {
        $folder = [IO.Directory]::CreateTempSubdirectory().FullName
        $null = Get-PyProcess | Where-Object CommandLine -Like '*hanging_worker*' | Select-Object -First 1 | Save-PyCore -Path "$folder/{0}.core"
        (Get-ChildItem $folder).FullName
    }
    Copy-Item -FromSession $session -Path $core -Destination "$args/copied.core"
    $answer.Core = @(Get-PyStack -Path "$args/copied.core" | ForEach-Object { $_.Frames[-1].Function })
}

Remove-PSSession $session
Remove-Item -LiteralPath $file -ErrorAction Ignore

# The script of the documents: web3 takes three seconds to log in, and there are two.
$answer.Script = @(& "$PSScriptRoot/../../../docs/examples/fleet.ps1" -HostName web1, web3 -Find Deadlocks -TimeoutSeconds 2 -ErrorAction SilentlyContinue -ErrorVariable failures).Count
Save-Error ScriptFailures $failures

# Of pods: a kubectl that runs the command here, where all machines' processes are.
$env:PATH = "$args/bin:$env:PATH"
$pods = @(& "$PSScriptRoot/../../../docs/examples/fleet.ps1" -Pod shop/web-0, shop/gone/app -Name python* -ErrorAction SilentlyContinue -ErrorVariable failures)
$answer.Pods = @($pods | Select-Object -ExpandProperty PSComputerName -Unique)
$answer.PodView = $pods | Format-PyStack | Out-String -Width 250
Save-Error PodFailures $failures
$answer | ConvertTo-Json -Depth 5 | Set-Content "$args/answer.json"
