#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    $manifest = "$PSScriptRoot/../../out/PyStack/PyStack.psd1"
    Import-Module $manifest -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $target = Invoke-SleepingTarget $TestDrive
    $hung = Wait-Rest (Invoke-PythonTarget "$PSScriptRoot/../../docs/examples/hangs.py", 'lock_twice')
}

AfterAll {
    Stop-Process -Id $target.Id, $hung.Id -Force
    Remove-Module PyStack
}

Describe 'Find-PyDeadlock' {
    It 'finds the thread that waits for itself, from whatever names the process' {
        foreach ($found in (Find-PyDeadlock $hung.Id), ($hung | Find-PyDeadlock -NoBlock), (Get-PyProcess -Id $target.Id, $hung.Id | Find-PyDeadlock)) {
            $found | Should -BeOfType PyStack.PyDeadlock
            $found.Kind | Should -Be Self
            $found.Threads.ThreadId | Should -Be $hung.Id
            $found.Description[0] | Should -Be "Deadlock of a thread with itself in process $($hung.Id) ($(Get-Content "/proc/$($hung.Id)/comm")):"
        }
    }

    It 'shows the description and the traceback, also of what was stored' {
        $found = Find-PyDeadlock $hung.Id
        $found | Export-Clixml "$TestDrive/found.xml"
        $lines = @($found | Format-PyStack)
        $lines | Should -Contain $found.Description[0]
        $lines | Should -Contain "    (waits) for $($found.Threads[0].Wait.Description)"
        Import-Clixml "$TestDrive/found.xml" | Format-PyStack | Should -Be $lines
        $found | ConvertTo-Json -Depth 6 -WarningAction Stop | ConvertFrom-Json | Format-PyStack | Select-Object -Skip 1 | Should -Be ($lines | Select-Object -Skip 1)
    }

    It 'returns nothing where there is none, and an error for what is no process' {
        $target.Id, 0 | Find-PyDeadlock -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -Be 'ProcessNotFound,PyStack.FindPyDeadlockCommand'
    }
}
