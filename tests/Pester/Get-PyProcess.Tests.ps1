#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    . "$PSScriptRoot/PythonTarget.ps1"

    $target = Invoke-PythonTarget '-c', 'import sys; print("ready", flush=True); sys.stdin.read()'
}

AfterAll {
    Stop-Process -Id $target.Id
    Remove-Module PyStack
}

Describe 'Get-PyProcess' {
    It 'finds the Python process and not this one' {
        $ids = (Get-PyProcess).Id
        $ids | Should -Contain $target.Id
        $ids | Should -Not -Contain $PID
    }

    It 'tells what there is to know' {
        $process = Get-PyProcess -Id $target.Id
        $process | Should -BeOfType PyStack.PyProcess
        $process.Name | Should -BeLike 'python*'
        $process.PythonVersion | Should -Be (& python3 -c 'import platform; print(platform.python_version())')
        $process.Implementation | Should -Be CPython
        $process.CommandLine | Should -BeLike '*sys.stdin.read()*'
        $process.Threads | Should -Be 1
        $process.User | Should -Be (& id -un)
        [Math]::Abs(($process.StartTime - $target.StartTime).TotalSeconds) | Should -BeLessThan 5
    }

    It 'filters by name' {
        (Get-PyProcess -Name python*).Id | Should -Contain $target.Id
        Get-PyProcess -Name no-such-* | Should -BeNullOrEmpty
    }

    It 'reports a name that no Python process has' {
        Get-PyProcess -Name no-such-name -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
    }

    It 'filters by container and pod' {
        Get-PyProcess -Container no-such-* | Should -BeNullOrEmpty
        Get-PyProcess -Id $target.Id -Pod no-such-* | Should -BeNullOrEmpty
    }

    It 'reports a pod that no Python process is in' {
        Get-PyProcess -Pod no-such-pod -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
    }

    It 'reports a process that is not Python' {
        Get-PyProcess -Id $PID -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'NotPython,*'
    }

    It 'takes processes and ids from the pipeline and leaves out those without Python' {
        (Get-Process -Id $target.Id, $PID | Get-PyProcess).Id | Should -Be $target.Id
        ("$($target.Id)" | Get-PyProcess).ParentId | Should -Be $PID
    }

    It 'pipes into Get-PyStack' {
        (Get-PyProcess -Id $target.Id | Get-PyStack).ProcessId | Should -Be $target.Id
    }

    It 'shows a table' {
        Get-PyProcess | Out-String -Width 200 | Should -Match 'Id\s+Name\s+Version\s+User\s+CommandLine'
    }

    It 'survives CSV, JSON and CLIXML' {
        $process = Get-PyProcess -Id $target.Id
        ($process | ConvertTo-Csv | ConvertFrom-Csv).Id | Should -Be $target.Id
        ($process | ConvertTo-Json | ConvertFrom-Json).PythonVersion | Should -Be $process.PythonVersion
        $file = Join-Path $TestDrive 'process.xml'
        $process | Export-Clixml $file
        (Import-Clixml $file).Id | Should -Be $target.Id
    }

    It 'has help for every parameter' {
        $help = Get-Help Get-PyProcess -Full
        $help.parameters.parameter.name | Sort-Object | Should -Be (Get-OwnParameter Get-PyProcess)
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
    }
}
