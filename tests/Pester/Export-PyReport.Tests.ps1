#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    $frame = [PyStack.PyFrame]@{ ProcessId = 112; ThreadId = 112; Index = 0; Function = 'work'; File = '/srv/app.py'; Line = 3 }
    $thread = [PyStack.PyThread]@{ ProcessId = 112; ProcessName = 'python3'; ThreadId = 112; PythonVersion = '3.12.1'; StackHash = '0'; Frames = [PyStack.PyFrame[]] @($frame) }
}

AfterAll {
    Remove-Module PyStack
}

Describe 'Export-PyReport' {
    It 'writes a page, and returns the file with PassThru' {
        $file = $thread | Export-PyReport TestDrive:/report.html -PassThru
        $file | Should -BeOfType System.IO.FileInfo
        Get-Content $file -TotalCount 1 | Should -Be '<!DOCTYPE html>'
        Get-Content $file -Raw | Should -BeLike '*<title>Report on python3 (112)</title>*'
    }

    It 'has the title that was asked for' {
        $thread | Export-PyReport TestDrive:/title.html -Title 'Monday'
        Get-Content TestDrive:/title.html -Raw | Should -BeLike '*<title>Monday</title>*'
    }

    It 'does not replace a file with NoClobber, and writes nothing with WhatIf' {
        Set-Content TestDrive:/old.html 'old'
        $thread | Export-PyReport TestDrive:/old.html -NoClobber -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'CannotWrite,PyStack.ExportPyReportCommand'
        $thread | Export-PyReport TestDrive:/old.html -WhatIf
        Get-Content TestDrive:/old.html | Should -Be 'old'
    }

    It 'says that there is nothing to report' {
        @() | Export-PyReport TestDrive:/nothing.html -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'InvalidArgument,PyStack.ExportPyReportCommand'
        Test-Path TestDrive:/nothing.html | Should -BeFalse
    }
}
