#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

# What the runbooks do (docs/runbooks.md), on the programs that they do it with.

BeforeAll {
    $manifest = "$PSScriptRoot/../../out/PyStack/PyStack.psd1"
    Import-Module $manifest -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $examples = "$PSScriptRoot/../../docs/examples"
}

AfterAll {
    Remove-Module PyStack
}

Describe 'A worker that hangs' {
    BeforeAll {
        $worker = Wait-Rest (Invoke-PythonTarget "$examples/hanging_worker.py")
        $threads = Get-Process -Id $worker.Id | Get-PyStack
    }

    AfterAll {
        Stop-Process -Id $worker.Id
    }

    It 'is found among the Python processes of the machine' {
        (Get-Process python* | Get-PyStack -ErrorAction SilentlyContinue).ProcessId | Should -Contain $worker.Id
        (Get-PyProcess | Where-Object CommandLine -Like '*hanging_worker*').Id | Should -Contain $worker.Id
    }

    It 'has two threads that stand in the same place' {
        $same = $threads | Group-Object StackHash | Sort-Object Count -Descending | Select-Object -First 1
        $same.Count | Should -Be 2
        $same.Group[0].Frames[-1].Function | Should -Be 'transfer'
        $same.Group[0].Frames[-1].SourceLine.Trim() | Should -Be 'with second:'
    }

    It 'tells by its variables what each works on, and no secret' {
        $frames = (Get-PyStack -Id $worker.Id -Locals).Frames | Where-Object Function -EQ 'transfer'
        $frames.Arguments.order_id | Should -Be '4711', '4712'
        $frames[0].Arguments.first | Should -Be $frames[1].Arguments.second
        $frames.Arguments.api_token | Should -Be '<redacted>', '<redacted>'
    }

    It 'is kept as CSV, one row for each frame' {
        $file = Join-Path $TestDrive 'frames.csv'
        $threads.Frames | Export-Csv $file
        $rows = Import-Csv $file
        $rows.Count | Should -Be $threads.Frames.Count
        ($rows | Where-Object Function -EQ 'transfer').Line | Should -Be '16', '16'
        $rows[0].Kind | Should -Be 'Python'
    }

    It 'is kept as JSON, with its frames and with the names of enums' {
        $copy = $threads | ConvertTo-Json -Depth 4 -WarningVariable cut | ConvertFrom-Json
        $cut | Should -BeNullOrEmpty
        $copy.Count | Should -Be 4
        $copy[0].Gil | Should -Be 'NotHeld'
        $copy[0].Frames[0].Function | Should -Be '<module>'
    }

    It 'is kept as text whose lines are whole' {
        $text = $threads | Format-PyStack
        $text | Should -Contain '        with second:'
        ($text | Where-Object { $_ -like '*in _bootstrap_inner' })[0] | Should -BeLike '    (Python) File "*threading.py", line *, in _bootstrap_inner'
    }

    It 'comes out of a job as it went in' {
        # The job is no ancestor of the target: yama's scope 1 lets only root look.
        $scope = Get-Content /proc/sys/kernel/yama/ptrace_scope -ErrorAction Ignore
        if ($scope -gt 0 -and (& id -u) -ne 0) { Set-ItResult -Skipped -Because "kernel.yama.ptrace_scope is $scope" }
        $id = $worker.Id
        $copy = Start-Job { Import-Module $using:manifest; Get-PyStack -Id $using:id } | Receive-Job -Wait -AutoRemoveJob
        $copy.StackHash | Should -Be $threads.StackHash
        ($copy | Where-Object Gil -EQ NotHeld).Count | Should -Be 4
        ($copy[0].Frames | Where-Object Kind -EQ Python).Count | Should -Be $threads[0].Frames.Count
        # The time that is left of a wait is another one by now.
        ($copy | Format-PyStack | Select-Object -Skip 1) -replace ', [\d.]+ s left' | Should -Be (($threads | Format-PyStack | Select-Object -Skip 1) -replace ', [\d.]+ s left')
        $copy | Select-Object -First 1 | Out-String -Width 200 | Should -Match 'Traceback for thread \d+ .*\(most recent call last\):'
        $copy[0].Frames | Out-String -Width 200 | Should -Match 'ThreadId\s+Index\s+Function\s+Line\s+File\s+SourceLine'
    }

    It 'comes out of a file of Export-Clixml as it went in, variables in their order' {
        $file = Join-Path $TestDrive 'threads.xml'
        Get-PyStack -Id $worker.Id -Locals | Export-Clixml $file
        $copy = Import-Clixml $file
        ($copy | Where-Object Gil -EQ NotHeld).Count | Should -Be 4
        ($copy.Frames | Where-Object Function -EQ 'transfer')[0].Arguments.Keys | Should -Be 'order_id', 'api_token', 'first', 'second'
    }
}

Describe 'A thread that spins' {
    BeforeAll {
        $busy = Invoke-PythonTarget "$examples/spinning_worker.py"
    }

    AfterAll {
        Stop-Process -Id $busy.Id
    }

    It 'is in the same function in every sample, and is never stopped' {
        $samples = 1..20 | ForEach-Object { Get-PyStack $busy.Id -NoBlock } | Where-Object Gil -EQ Held
        $samples.Count | Should -BeGreaterThan 0
        $samples | ForEach-Object { $_.Frames.Function | Should -Contain 'find_end' }
        $samples.Pause | Sort-Object -Unique | Should -Be ([timespan]::Zero)
    }
}

Describe 'Where does the time go' {
    BeforeAll {
        $slow = Invoke-PythonTarget "$examples/slow_service.py"
    }

    AfterAll {
        Stop-Process -Id $slow.Id
    }

    It 'shows which thread is stuck and which one moves' {
        $last = Get-PyStack $slow.Id -NoBlock -Count 3 -Interval 0.2 | Select-Object -Last 3
        ($last | Where-Object PythonName -EQ 'audit').IsStuck | Should -BeTrue
        ($last | Where-Object PythonName -EQ 'serve').IsStuck | Should -BeFalse
    }

    It 'shows what uses the processor, and what holds the GIL' {
        $cpu = Measure-PyStack $slow.Id -Duration 1 -Mode Cpu
        $gil = Measure-PyStack $slow.Id -Duration 1 -Mode Gil
        $cpu.Functions.Function | Should -Not -Contain 'write_audit'
        ($cpu.Functions | Where-Object Function -EQ 'handle').TotalShare | Should -BeGreaterThan 0.9
        # The compression runs without the GIL.
        ($gil.Functions | Where-Object Function -EQ 'compress').SelfShare | Should -BeLessThan ($cpu.Functions | Where-Object Function -EQ 'compress').SelfShare
        $cpu | Export-PyProfile TestDrive:/slow.html -PassThru | Should -BeOfType System.IO.FileInfo
    }
}

Describe 'Waiting for the GIL' {
    BeforeAll {
        $slow = Invoke-PythonTarget "$examples/waiting_for_gil.py"
        # It is "ready" before it is in the C function that it stays in.
        $end = [datetime]::Now.AddSeconds(60)
        do {
            $holder = Get-PyStack $slow.Id -NativeLast | Where-Object Gil -EQ Held
        } until (($holder.Frames.Function -contains 'validate' -and $holder.Frames[-1].Kind -eq 'Native') -or [datetime]::Now -gt $end)
    }

    AfterAll {
        Stop-Process -Id $slow.Id
    }

    It 'has one thread that holds it, inside of a C function that Python called' {
        @($holder).Count | Should -Be 1
        ($holder.Frames | Where-Object Kind -EQ Python)[-1].Function | Should -Be 'validate'
        $holder.Frames[-1].Kind | Should -Be 'Native'
    }
}

Describe 'Many processes at once' {
    BeforeAll {
        $targets = 1..3 | ForEach-Object { Invoke-SleepingTarget $TestDrive }
    }

    AfterAll {
        $targets | ForEach-Object { Stop-Process -Id $_.Id }
    }

    It 'are looked at in parallel' {
        $threads = $targets | ForEach-Object -Parallel { Import-Module $using:manifest; $_ | Get-PyStack -NoBlock }
        $threads.ProcessId | Sort-Object | Should -Be ($targets.Id | Sort-Object)
        $threads.StackHash | Sort-Object -Unique | Should -HaveCount 1
    }

    It 'go through one pipeline, and one that has ended does not hide the others' {
        $ended = Invoke-SleepingTarget $TestDrive
        Stop-Process -Id $ended.Id
        $ended.WaitForExit()
        $threads = @($ended.Id) + $targets.Id | Get-PyStack -ErrorAction SilentlyContinue -ErrorVariable failures
        $threads.ProcessId | Should -Be $targets.Id
        $failures.FullyQualifiedErrorId | Should -BeLike 'ProcessNotFound,*'
    }
}

Describe 'A core from CI' {
    BeforeAll {
        & tar xJf "$PSScriptRoot/../Engine/Fixtures/arm64-3.11.tar.xz" -C $TestDrive
        $folder = "$TestDrive/arm64-3.11"
    }

    It 'tells why it is there and what led to it' {
        $core = Get-PyCore "$folder/core*" -LibrarySearchRoot "$folder/root"
        $core.SignalName | Should -Be 'SIGABRT'
        $core.Files | Where-Object IsFound -EQ $false | Should -BeNullOrEmpty
        (Get-PyStack -Path "$folder/core*" -LibrarySearchRoot "$folder/root" -Locals).Frames.Function | Should -Contain 'inner'
    }
}
