#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $process = Invoke-SleepingTarget $TestDrive
    $functions = '<module>', 'first_func', 'second_func', 'third_func'
}

AfterAll {
    $process.Kill()
    Remove-Module PyStack
}

Describe 'Save-PyCore' {
    It 'saves a core that Get-PyStack reads, and returns the file' {
        $file = Save-PyCore -Id $process.Id -Path TestDrive:/hang.core
        $file | Should -BeOfType System.IO.FileInfo
        $file.UnixMode | Should -Be '-rw-------'
        $thread = $file | Get-PyStack
        $thread.Frames.Function | Should -Be $functions
        $thread.Frames[-1].SourceLine | Should -Be '    sys.stdin.read()'
        $thread.Wait.Description | Should -Be (Get-PyStack $process.Id).Wait.Description
        (Get-PyCore $file).Reason | Should -BeLike 'The core file was saved by Save-PyCore*'
    }

    It 'takes processes from the pipeline, and packs by the end of the name' {
        $file = $process, (Get-PyProcess -Id $process.Id) | Save-PyCore -Path 'TestDrive:/{1}.{0}.core.zst'
        @($file).Count | Should -Be 1
        $file.Name | Should -BeLike "*.$($process.Id).core.zst"
        ($file | Get-PyStack).Frames.Function | Should -Be $functions
    }

    It 'saves variables and native stacks if they are wanted, and hides passwords' {
        $file = Save-PyCore -Id $process.Id -Path TestDrive:/all.core -Locals -Native
        $thread = Get-PyStack -LiteralPath $file.FullName -Locals -Native
        $thread.IsMerged | Should -BeTrue
        ($thread.Frames | Where-Object Function -EQ first_func).Arguments.count | Should -Be '3'
        ($thread.Frames | Where-Object Function -EQ first_func).Arguments.password | Should -Be '<redacted>'
        $null = Save-PyCore -Id $process.Id -Path TestDrive:/plain.core
        Get-PyStack -Path TestDrive:/plain.core -Locals -WarningVariable said -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        $said | Should -BeLike '*saved without -Locals*'
    }

    It 'does not replace a file with NoClobber, and writes nothing with WhatIf' {
        Set-Content TestDrive:/old.core 'old'
        Save-PyCore -Id $process.Id -Path TestDrive:/old.core -NoClobber -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'CannotWrite,PyStack.SavePyCoreCommand'
        Save-PyCore -Id $process.Id -Path TestDrive:/old.core -WhatIf
        Get-Content TestDrive:/old.core | Should -Be 'old'
    }

    It 'refuses Redact with Locals' {
        { Save-PyCore -Id $process.Id -Path TestDrive:/x.core -Redact -Locals } | Should -Throw '*cannot be combined*'
    }

    It 'has the parameters of its page' {
        Get-OwnParameter Save-PyCore | Should -Be @('Confirm', 'Exhaustive', 'Force', 'Id', 'IncludeChildren', 'Locals', 'Name', 'Native', 'NoBlock', 'NoClobber', 'Path', 'Redact', 'WhatIf')
    }
}
