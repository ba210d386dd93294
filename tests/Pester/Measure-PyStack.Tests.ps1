#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    $manifest = "$PSScriptRoot/../../out/PyStack/PyStack.psd1"
    Import-Module $manifest -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $target = Invoke-SleepingTarget $TestDrive
}

AfterAll {
    Stop-Process -Id $target.Id
    Remove-Module PyStack
}

Describe 'Measure-PyStack' {
    It 'counts all samples where the program is, from whatever names the process' {
        foreach ($measured in (Measure-PyStack $target.Id -Duration 0.2), ($target | Measure-PyStack -Duration 0:0:0.2), ("$($target.Id)" | Measure-PyStack -Duration '0.2'), (Get-PyProcess -Id $target.Id | Measure-PyStack -Duration ([timespan]::FromSeconds(0.2)))) {
            $measured | Should -BeOfType PyStack.PyProfile
            $measured.ProcessId | Should -Be $target.Id
            $measured.Duration | Should -Be ([timespan]::FromSeconds(0.2))
            $measured.Functions[0].Function | Should -Be 'third_func'
            $measured.Functions[0].SelfShare | Should -Be 1
            ($measured.Functions | Where-Object Function -EQ 'first_func').Total | Should -Be $measured.Samples
        }
    }

    It 'shows native frames if they are wanted' {
        $measured = Measure-PyStack $target.Id -Native -Duration 0.2
        $measured.Functions[0].Kind | Should -Be 'Native'
        ($measured.Functions | Where-Object Function -EQ 'third_func').Total | Should -Be $measured.Samples
        (Measure-PyStack $target.Id -Duration 0.1).Functions.Kind | Should -Not -Contain 'Native'
    }

    It 'measures the others if one cannot be measured' {
        $measured = 0, $target.Id | Measure-PyStack -Duration 0.1 -ErrorVariable failed -ErrorAction SilentlyContinue
        $measured.ProcessId | Should -Be $target.Id
        $failed.FullyQualifiedErrorId | Should -Be 'ProcessNotFound,PyStack.MeasurePyStackCommand'
    }

    It 'comes out of a file, of JSON and of a job as it went in' {
        $measured = Measure-PyStack $target.Id -Duration 0.1
        $shown = $measured | Out-String -Width 200
        $shown | Should -Match '(?m)^ +100\.0 % +100\.0 %  third_func +.*target\.py$'
        $measured | Export-Clixml "$TestDrive/measured.xml"
        Import-Clixml "$TestDrive/measured.xml" | Out-String -Width 200 | Should -Be $shown
        $copy = $measured | ConvertTo-Json -Depth 5 -WarningAction Stop | ConvertFrom-Json
        $copy.Stacks[0].Frames.Function | Should -Be '<module>', 'first_func', 'second_func', 'third_func'
        $id = $target.Id
        # The job is no ancestor of the target: yama's scope 1 lets only root look.
        $scope = Get-Content /proc/sys/kernel/yama/ptrace_scope -ErrorAction Ignore
        if ($scope -gt 0 -and (& id -u) -ne 0) { Set-ItResult -Skipped -Because "kernel.yama.ptrace_scope is $scope" }
        $copy = Start-Job { Import-Module $using:manifest; Measure-PyStack $using:id -Duration 0.1 } | Receive-Job -Wait -AutoRemoveJob
        $copy | Out-String -Width 200 | Should -Match '(?m)^ +100\.0 % +100\.0 %  third_func +.*target\.py$'
    }

    It 'does not wait for a key that nobody can press' {
        { Measure-PyStack $target.Id -Until Interrupt } | Should -Throw -ErrorId 'InvalidArgument,PyStack.MeasurePyStackCommand'
    }
}
