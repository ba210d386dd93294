#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    . "$PSScriptRoot/PythonTarget.ps1"

    # A core of another processor, with the files of its own root; its program waits in inner, sleeper_deep and spin_gen.
    & tar xJf "$PSScriptRoot/../Engine/Fixtures/arm64-3.11.tar.xz" -C $TestDrive
    $core = "$TestDrive/arm64-3.11/core"
    $root = "$TestDrive/arm64-3.11/root"
}

AfterAll {
    Remove-Module PyStack
}

Describe 'Get-PyCore' {
    It 'tells what the process was and why it died' {
        $it = Get-PyCore $core -LibrarySearchRoot $root
        $it | Should -BeOfType PyStack.PyCore
        $it.Architecture | Should -Be 'aarch64'
        $it.SignalName | Should -Be 'SIGABRT'
        $it.Reason | Should -BeLike 'The process died due to receiving signal SIGABRT*'
        $it.PythonVersion | Should -BeLike '3.11.*'
        $it.Threads | Should -Be 3
    }

    It 'says which files are missing' {
        (Get-PyCore $core -LibrarySearchRoot $root).Files.IsFound | Should -Not -Contain $false
        $missing = Get-PyCore $core -LibrarySearchRoot $TestDrive -WarningAction SilentlyContinue
        $missing.Files.IsFound | Should -Contain $false
    }

    It 'gives objects that Get-PyStack takes' {
        $threads = Get-PyCore $core -LibrarySearchRoot $root | Get-PyStack -LibrarySearchRoot $root
        $threads.Count | Should -Be 3
        $threads[0].Frames[-1].Function | Should -Be 'inner'
    }

    It 'takes files of Get-ChildItem and wildcards' {
        @(Get-ChildItem "$core*" | Get-PyCore -LibrarySearchRoot $root).Count | Should -Be 1
        @(Get-PyCore "$core*" -LibrarySearchRoot $root).Count | Should -Be 1
        @(Get-PyCore "$core.none*").Count | Should -Be 0
    }

    It 'reports a file that is no core' {
        Get-PyCore $PSCommandPath -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'InvalidCore,*'
    }
}
