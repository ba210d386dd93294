#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $isRoot = (& id -u) -eq 0

    # Any process will do: this one waits for its input to end.
    $start = [System.Diagnostics.ProcessStartInfo]::new('cat')
    $start.RedirectStandardInput = $true
    $target = [System.Diagnostics.Process]::Start($start)
}

AfterAll {
    Stop-Process -Id $target.Id
    Remove-Module PyStack
}

Describe 'Test-PyStackAccess' {
    It 'says yes to root, without a reason' {
        if (-not $isRoot) { Set-ItResult -Skipped -Because 'only root may look at everything' }
        $access = Test-PyStackAccess -Id $target.Id
        $access | Should -BeOfType PyStack.PyStackAccess
        $access.IsAccessible | Should -BeTrue
        $access.CanReadWithoutStopping | Should -BeTrue
        $access.Reason | Should -BeNullOrEmpty
        $access.HasSysPtrace | Should -BeTrue
    }

    It 'says no to others about the processes of root, and why' {
        if ($isRoot) { Set-ItResult -Skipped -Because 'root may look at everything' }
        $access = Test-PyStackAccess -Id 1
        $access.IsAccessible | Should -BeFalse
        $access.Reason | Should -Match 'user 0'
        $access.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'binds process objects and numbers' {
        (Get-Process -Id $target.Id | Test-PyStackAccess).ProcessId | Should -Be $target.Id
        ($target.Id | Test-PyStackAccess).ProcessId | Should -Be $target.Id
        { Get-PyProcess | Test-PyStackAccess } | Should -Not -Throw
    }

    It 'does not stop the process' {
        $null = Test-PyStackAccess -Id $target.Id
        Get-Content "/proc/$($target.Id)/status" | Should -Contain "TracerPid:`t0"
    }

    It 'reports an id that no process has' {
        Test-PyStackAccess -Id 0 -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
        $failures[0].TargetObject | Should -Be 0
    }

    It 'has help for every parameter' {
        $help = Get-Help Test-PyStackAccess -Full
        $help.parameters.parameter.name | Sort-Object | Should -Be (Get-OwnParameter Test-PyStackAccess)
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
    }
}
