#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    $manifest = "$PSScriptRoot/../../out/PyStack/PyStack.psd1"
    Import-Module $manifest -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $folder = Join-Path $TestDrive ('a_long_name_of_a_folder_' * 8)
    $null = New-Item -ItemType Directory $folder
    $target = Invoke-SleepingTarget $folder
    $threads = @(Get-PyStack $target.Id -Locals)
    $lines = @($threads | Format-PyStack)
    # A pwsh that is a tool of .NET has no program of its own.
    [string[]] $pwsh = if (Test-Path "$PSHOME/pwsh") { "$PSHOME/pwsh" } else { 'dotnet', "$PSHOME/pwsh.dll" }
}

AfterAll {
    Stop-Process -Id $target.Id
    Remove-Module PyStack
}

Describe 'Format-PyStack' {
    It 'writes strings of one line each, below one line for the process' {
        $lines | Should -BeOfType string
        $lines | Should -Not -Match "`n"
        $lines[0] | Should -Match "^Process $($target.Id) \(\S+\), Python \S+, captured .*, stopped for \S+ ms$"
        @($lines -like 'Process *').Count | Should -Be 1
        $lines[2] | Should -Match "^Traceback for thread $($target.Id) \(.*\) \[\] \(most recent call last\):$"
        $lines | Should -Contain "    (Python) File `"$folder/target.py`", line 9, in <module>"
    }

    It 'is not wrapped by a pwsh without a terminal, in any culture' {
        foreach ($language in 'C.UTF-8', 'en_US.UTF-8') {
            $text = env "LANG=$language" TERM=dumb @pwsh -NoProfile -Command "Import-Module '$manifest'; Get-PyStack $($target.Id) -Locals | Format-PyStack" | grep 'line 9'
            $text | Should -Be "    (Python) File `"$folder/target.py`", line 9, in <module>"
        }
    }

    It 'is not needed for Out-String with a width, and a view without a terminal is broken at blanks and indented' {
        $command = "Import-Module '$manifest'; `$t = Get-PyStack $($target.Id); `$t; '---'; `$t | Out-String -Width 1000"
        $text = (env LANG=C.UTF-8 TERM=dumb @pwsh -NoProfile -Command $command) -join "`n"
        $view, $wide = $text -split "`n---`n"
        ($view -split "`n" | Measure-Object Length -Maximum).Maximum | Should -BeLessThan 80
        $view | Should -Match "(?m)^Process $($target.Id) \(.*[^ ]`n    [^ ]"
        $view | Should -Match "(?m)^        .*line 9,( |`n        )in <module>$"
        $wide -split "`n" | Should -Contain "    (Python) File `"$folder/target.py`", line 9, in <module>"
    }

    It 'is the same of threads of a file, of JSON and of a job' {
        $file = Join-Path $TestDrive 'threads.xml'
        $threads | Export-Clixml $file
        Import-Clixml $file | Format-PyStack | Should -Be $lines
        $threads | ConvertTo-Json -Depth 4 -AsArray | ConvertFrom-Json | Format-PyStack | Should -Be $lines
        Start-ThreadJob { Import-Module $using:manifest; $using:threads | Format-PyStack } | Receive-Job -Wait -AutoRemoveJob | Should -Be $lines
    }

    It 'is an error of what is no stack' {
        Get-Process -Id $PID | Format-PyStack -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -Be 'InvalidArgument,PyStack.FormatPyStackCommand'
        $failures[0].ErrorDetails.RecommendedAction | Should -Match 'Get-PyStack'
    }

    It 'has help for every parameter' {
        $help = Get-Help Format-PyStack -Full
        $help.parameters.parameter.name | Should -Be (Get-OwnParameter Format-PyStack)
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
    }
}
