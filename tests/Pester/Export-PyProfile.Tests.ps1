#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    $frame = [PyStack.PyProfileFrame]@{ Function = 'work'; File = '/srv/app.py'; Line = 3 }
    $stack = [PyStack.PyProfileStack]@{ Count = 10; Share = 1; ThreadId = 112; ThreadName = 'MainThread'; Frames = [PyStack.PyProfileFrame[]] @($frame) }
    $measured = [PyStack.PyProfile]@{ ProcessId = 112; ProcessName = 'python3'; PythonVersion = '3.12.1'; DurationSeconds = 0.1; Rate = 100; AchievedRate = 100; Samples = 10; Stacks = [PyStack.PyProfileStack[]] @($stack) }
}

AfterAll {
    Remove-Module PyStack
}

Describe 'Export-PyProfile' {
    It 'writes the format that the end of the name means' {
        Push-Location $TestDrive
        try {
            'x.html', 'x.speedscope.json', 'x.gecko.json', 'x.pb.gz', 'x.collapsed.txt' | ForEach-Object { $measured | Export-PyProfile $_ }
            Get-Content x.collapsed.txt | Should -Be 'python3 (112);MainThread (112);work (app.py) 10'
            (Get-Content x.speedscope.json | ConvertFrom-Json).profiles[0].name | Should -Be 'MainThread (112)'
            (Get-Content x.gecko.json | ConvertFrom-Json).threads[0].samples.weight | Should -Be 10
            (Get-Content x.html -TotalCount 1) | Should -Be '<!DOCTYPE html>'
        }
        finally {
            Pop-Location
        }
    }

    It 'takes a path of a drive of PowerShell, and returns the file with PassThru' {
        $file = $measured | Export-PyProfile TestDrive:/drive.folded -PassThru
        $file | Should -BeOfType System.IO.FileInfo
        $file.FullName | Should -Be (Get-Item TestDrive:/drive.folded).FullName
    }

    It 'does not replace a file with NoClobber, and writes nothing with WhatIf' {
        Set-Content TestDrive:/old.html 'old'
        $measured | Export-PyProfile TestDrive:/old.html -NoClobber -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'CannotWrite,PyStack.ExportPyProfileCommand'
        $measured | Export-PyProfile TestDrive:/old.html -WhatIf
        Get-Content TestDrive:/old.html | Should -Be 'old'
    }

    It 'compares with what Import-Clixml returns' {
        $measured | Export-Clixml TestDrive:/before.xml
        $measured | Export-PyProfile TestDrive:/x.folded -Baseline (Import-Clixml TestDrive:/before.xml)
        Get-Content TestDrive:/x.folded | Should -Be 'python3;MainThread;work (app.py) 10 10'
    }
}
