#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    $manifest = "$PSScriptRoot/../../out/PyStack/PyStack.psd1"
    Import-Module $manifest -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $target = Invoke-SleepingTarget $TestDrive
    $service = Wait-Rest (Invoke-PythonTarget "$PSScriptRoot/../../docs/examples/hanging_service.py")
    $tasks = @(Get-PyTask $service.Id)
}

AfterAll {
    Stop-Process -Id $target.Id, $service.Id -Force
    Remove-Module PyStack
}

Describe 'Get-PyTask' {
    It 'finds the tasks of a service, with names, frames and states' {
        $tasks | Should -BeOfType PyStack.PyTask
        $tasks.Name | Sort-Object | Should -Be 'archive', 'report', 'ship', 'ship', 'ship', 'Task-1', 'update_stock'
        $tasks.ThreadId | Sort-Object -Unique | Should -Be $service.Id
        $tasks.State | Sort-Object -Unique | Should -Be 'Waiting'
        ($tasks | Where-Object Name -EQ 'update_stock').Frames.Function | Should -Be 'update_stock', 'get'
        ($tasks | Where-Object Name -EQ 'report').Frames[0].SourceLine.Trim() | Should -Be 'async with stock:'
    }

    It 'takes whatever names the process, and a task names it too' {
        foreach ($found in ($service | Get-PyTask), (Get-PyProcess -Id $service.Id | Get-PyTask -NoBlock), (Get-PyStack $service.Id | Get-PyTask), ($tasks | Get-PyTask), ("$($service.Id)" | Get-PyTask)) {
            $found.Id | Should -Be $tasks.Id
        }
        ($tasks | Get-PyStack).ProcessId | Sort-Object -Unique | Should -Be $service.Id
    }

    It 'is counted by equal stacks' {
        $most = $tasks | Group-Object StackHash | Sort-Object Count -Descending | Select-Object -First 1
        $most.Count | Should -Be 3
        $most.Group[0].Coroutine | Should -Be 'ship'
    }

    It 'shows the variables of each frame' {
        $frames = (Get-PyTask $service.Id -Locals | Where-Object Name -EQ 'update_stock').Frames
        $frames[0].Arguments.Keys | Should -Be 'orders', 'stock'
        @($tasks.Frames.Arguments | Where-Object { $_ }) | Should -BeNullOrEmpty
    }

    It 'shows a tree, which stays one in a file' {
        $tree = Get-PyTask $service.Id -Tree
        $tree[0].PSTypeNames[0] | Should -Be 'PyStack.PyTask#Tree'
        $tree | Export-Clixml "$TestDrive/tree.xml"
        $lines = @($tree | Format-PyStack)
        $lines.Count | Should -Be ($tasks.Count + 2)
        $lines[2] | Should -BeLike "Task `"*`" 0x* of thread $($service.Id) ``[Waiting for *"
        Import-Clixml "$TestDrive/tree.xml" | Format-PyStack | Should -Be $lines
        $tree | ConvertTo-Json -Depth 4 -WarningAction Stop | ConvertFrom-Json | Format-PyStack -Tree | Should -Be $lines
        (Import-Clixml "$TestDrive/tree.xml" | Out-String -Width 500) -split "`n" | Should -Contain $lines[2]
    }

    It 'shows the same tracebacks of tasks that come out of a file or a job' {
        $tasks | Export-Clixml "$TestDrive/tasks.xml"
        $lines = @($tasks | Format-PyStack)
        Import-Clixml "$TestDrive/tasks.xml" | Format-PyStack | Should -Be $lines
        Start-ThreadJob { Import-Module $using:manifest; $using:tasks | Format-PyStack } | Receive-Job -Wait -AutoRemoveJob | Should -Be $lines
    }

    It 'returns nothing where there are no tasks and says so, and an error for what is no process' {
        $said = Get-PyTask $target.Id -Verbose 4>&1
        $said | Should -BeOfType System.Management.Automation.VerboseRecord
        $said[-1] | Should -BeLike 'There are no tasks in process *'
        0 | Get-PyTask -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -Be 'ProcessNotFound,PyStack.GetPyTaskCommand'
    }

    It 'is mentioned where a thread sits in an event loop' {
        Get-PyStack $service.Id | Format-PyStack | Should -Contain "    (tasks) Get-PyTask $($service.Id) shows the tasks of its asyncio event loop"
        Get-PyStack $target.Id | Format-PyStack | Should -Not -Match 'Get-PyTask'
    }

    It 'completes the kinds of tasks, and has help for every parameter' {
        (TabExpansion2 'Get-PyTask 1 -Kind G' 20).CompletionMatches.CompletionText | Should -Be 'Greenlet'
        (Get-Help Get-PyTask -Full).parameters.parameter.name | Should -Be (Get-OwnParameter Get-PyTask)
    }
}
