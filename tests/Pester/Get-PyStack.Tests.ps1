#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    . "$PSScriptRoot/PythonTarget.ps1"
}

AfterAll {
    Remove-Module PyStack
}

Describe 'Get-PyStack' {
    Context 'on a service with workers' {
        BeforeAll {
            $worker = Join-Path $TestDrive 'worker.py'
            Set-Content $worker 'import sys; sys.stdin.read()'
            $code = 'import subprocess, sys; p = subprocess.Popen(["sh", "-c", "\"$0\" \"$1\"; :", sys.executable, sys.argv[1]], stdin=subprocess.PIPE); print("ready", flush=True); sys.stdin.read(); p.communicate()'
            $master = Invoke-PythonTarget '-c', $code, $worker
        }

        AfterAll {
            $master.StandardInput.Close()
            $master.WaitForExit()
        }

        It 'reads the master and its workers with -IncludeChildren, and no shell between them' {
            # The worker may still be starting.
            $end = [datetime]::Now.AddSeconds(60)
            do { $ids = @((Get-PyStack -Id $master.Id -IncludeChildren -ErrorAction SilentlyContinue).ProcessId | Select-Object -Unique) } while ($ids.Count -lt 2 -and [datetime]::Now -lt $end)
            $ids.Count | Should -Be 2
            $ids[0] | Should -Be $master.Id
            $shell = (Get-PyProcess -Id $ids[1]).ParentId
            (Get-Process -Id $shell).Parent.Id | Should -Be $master.Id
        }
    }

    Context 'on a running Python process' {
        BeforeAll {
            $target = Invoke-SleepingTarget $TestDrive
            $thread = Get-PyStack -Id $target.Id
        }

        AfterAll {
            Stop-Process -Id $target.Id
        }

        It 'returns a PyThread with the frames, outermost first' {
            $thread | Should -BeOfType PyStack.PyThread
            $thread.ProcessId | Should -Be $target.Id
            $thread.Frames.Function | Should -Be '<module>', 'first_func', 'second_func', 'third_func'
            $thread.Frames.Line | Should -Be 9, 3, 5, 8
        }

        It 'binds process objects' {
            (Get-Process -Id $target.Id | Get-PyStack).ProcessId | Should -Be $target.Id
        }

        It 'binds numbers' {
            ($target.Id | Get-PyStack).ProcessId | Should -Be $target.Id
        }

        It 'binds text: ids as pgrep writes them, and paths' {
            ("$($target.Id)" | Get-PyStack).ProcessId | Should -Be $target.Id
            $notes = Join-Path $TestDrive 'notes.txt'
            Set-Content $notes 'no core'
            $notes | Get-PyStack -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures[0].Exception.Message | Should -Be "$notes is a text file, not a core file."
        }

        It 'takes names with wildcards' {
            (Get-PyStack -Name "$($target.ProcessName.Substring(0, 4))*").ProcessId | Should -Contain $target.Id
            Get-PyStack -Name no-such-* | Should -BeNullOrEmpty
        }

        It 'lets a script catch its exception by type' {
            $caught = try { Get-PyStack -Id 2147483647 -ErrorAction Stop } catch [PyStack.EngineException] { $_.Exception }
            $caught.Error | Should -Be ProcessNotFound
            $caught.RecommendedAction | Should -BeLike 'Get-PyProcess lists*'
        }

        It 'completes files after -Path, and nothing after -RedactName' {
            Push-Location $TestDrive
            try {
                $line = 'Get-PyStack -Path targ'
                (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be './target.py'
                $line = 'Get-PyStack 1 -Locals -RedactName targ'
                (TabExpansion2 $line $line.Length).CompletionMatches | Should -BeNullOrEmpty
            }
            finally { Pop-Location }
        }

        It 'does not stop the process with -NoBlock' {
            $running = Get-PyStack -Id $target.Id -NoBlock
            $running.Pause | Should -Be ([timespan]::Zero)
            $running.StackHash | Should -Be $thread.StackHash
        }

        It 'shows variables with -Locals and hides secrets' {
            $frames = (Get-PyStack -Id $target.Id -Locals -MaxValueLength 200 -RedactName iban).Frames
            $frames[1].Arguments.count | Should -Be '3'
            $frames[1].Arguments.password | Should -Be '<redacted>'
            (Get-PyStack -Id $target.Id).Frames | Where-Object { $null -ne $_.Locals } | Should -BeNullOrEmpty
            (Get-PyStack -Id $target.Id -Locals -NoRedact -NoBlock).Frames[1].Arguments.password | Should -Be "'hush'"
        }

        It 'shows native frames with -Native, -NativeAll and -NativeLast' {
            (Get-PyStack -Id $target.Id -Native).Frames.Kind | Should -Contain 'Native'
            (Get-PyStack -Id $target.Id -NoBlock -NativeAll -Exhaustive).Frames.Kind | Should -Contain 'Native'
            (Get-PyStack -Id $target.Id -NativeLast).Frames[0].Kind | Should -Be 'Python'
            { Get-PyStack -Id $target.Id -NativeLast -Native } | Should -Throw -ErrorId 'ExclusiveSwitches*'
        }

        It 'shows a traceback' {
            $text = $thread | Out-String -Width 200
            $text | Should -Match 'Traceback for thread \d+ .*\(most recent call last\):'
            $text | Should -Match '    \(Python\) File ".*target\.py", line 8, in third_func'
        }

        It 'shows frames as a table' {
            $thread.Frames | Out-String -Width 200 | Should -Match 'ThreadId\s+Index\s+Function\s+Line\s+File\s+SourceLine'
        }

        It 'survives CSV, JSON and CLIXML' {
            ($thread.Frames | ConvertTo-Csv | ConvertFrom-Csv).Function[-1] | Should -Be 'third_func'
            ($thread | ConvertTo-Json -Depth 4 | ConvertFrom-Json).Frames[-1].Function | Should -Be 'third_func'
            $file = Join-Path $TestDrive 'thread.xml'
            $thread | Export-Clixml $file
            (Import-Clixml $file).Frames[-1].Function | Should -Be 'third_func'
        }

        It 'is completed with its command line' {
            $line = "Get-PyStack -Id $($target.Id)"
            $match = (TabExpansion2 $line $line.Length).CompletionMatches | Where-Object CompletionText -EQ $target.Id
            $match.ToolTip | Should -Match 'target\.py'
        }
    }

    Context 'on what cannot be looked at' {
        It 'reports an id that no process has and goes on' {
            Get-PyStack -Id 0, -1 -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures.Count | Should -Be 2
            $failures[0].FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
            $failures[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $failures[0].TargetObject | Should -Be 0
            $failures[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'reports a process that is not Python' {
            Get-PyStack -Id $PID -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures[0].FullyQualifiedErrorId | Should -BeLike 'NotPython,*'
            $failures[0].TargetObject | Should -Be $PID
        }
    }

    It 'has help for every parameter' {
        $help = Get-Help Get-PyStack -Full
        $help.Synopsis | Should -Be 'Gets the Python stacks of running processes and of core files.'
        $help.parameters.parameter.name | Sort-Object | Should -Be (Get-OwnParameter Get-PyStack)
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
    }

    Context 'on a core' {
        BeforeAll {
            & tar xJf "$PSScriptRoot/../Engine/Fixtures/arm64-3.11.tar.xz" -C $TestDrive
            $core = "$TestDrive/arm64-3.11/core"
            $root = "$TestDrive/arm64-3.11/root"
        }

        It 'returns the threads, which say where they are from' {
            $threads = Get-PyStack -Path $core -LibrarySearchRoot $root
            $threads.Frames.Function | Should -Contain 'spin_gen'
            $threads.Source | Should -Be @('Core', 'Core', 'Core')
            $threads.Path | Should -Be @($core, $core, $core)
            $threads.IsCoherent | Should -Not -Contain $false
        }

        It 'binds files of Get-ChildItem' {
            @(Get-ChildItem "$core*" | Get-PyStack -LibrarySearchRoot $root -Native).Count | Should -Be 3
        }

        It 'reports a core that is not there' {
            Get-PyStack -Path "$core.none" -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures[0].FullyQualifiedErrorId | Should -BeLike 'CoreNotFound,*'
        }
    }
}

Describe 'A series of captures' {
    BeforeAll {
        $target = Invoke-SleepingTarget $TestDrive
    }

    AfterAll {
        Stop-Process -Id $target.Id
    }

    It 'takes a series, and says which threads are unchanged' {
        $taken = Get-PyStack $target.Id -NoBlock -Count 3 -Interval 0.2
        $taken.Count | Should -Be 3
        $taken.IsStuck | Should -Be $null, $true, $true
        $taken[0].UnchangedFor | Should -Be ([timespan]::Zero)
        $taken[2].UnchangedFor | Should -BeGreaterThan $taken[1].UnchangedFor
        $taken[2] | Format-PyStack | Where-Object { $_ -match '^Traceback' } | Should -Match '\[\] \[unchanged for [\d.]+ s\] \(most'
    }
}
