#Requires -Version 7.6
#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '5.9.1' }

BeforeAll {
    Import-Module "$PSScriptRoot/../../out/PyStack/PyStack.psd1" -Force
    . "$PSScriptRoot/PythonTarget.ps1"
    $python = Wait-Rest (Invoke-PythonTarget '-c', 'import sys; print("ready", flush=True); sys.stdin.read()')
}

AfterAll {
    $python.Kill()
    Remove-Module PyStack
}

Describe 'Watch-PyStack' {
    It 'writes an object after each interval where its output is no terminal' {
        $looks = Get-Process -Id $python.Id | Watch-PyStack -Interval 0.1 -Count 3
        $looks | Should -HaveCount 3
        $looks[0] | Should -BeOfType PyStack.PyActivity
        $looks[0].ProcessId | Should -Be $python.Id
        $looks[0].Threads[0].Frames[-1].Function | Should -Be '<module>'
    }

    It 'ends with its pipeline' {
        $look = $python.Id | Watch-PyStack -Interval 0.1 | Select-Object -First 1
        $look.ProcessId | Should -Be $python.Id
    }

    It 'writes objects that clixml and JSON keep, and that have views' {
        $look = Watch-PyStack -Id $python.Id -Interval 0.1 -Count 1
        $look | Export-Clixml TestDrive:/look.xml
        (Import-Clixml TestDrive:/look.xml).Threads[0].Frames[-1].Function | Should -Be '<module>'
        ($look | ConvertTo-Json -Depth 5 | ConvertFrom-Json).Threads[0].ThreadId | Should -Be $python.Id
        ($look | Out-String -Width 120) | Should -BeLike '*Busiest function*'
        ($look.Threads | Out-String -Width 120) | Should -BeLike '*Innermost*'
    }

    It 'writes objects in a job' {
        $manifest = "$PSScriptRoot/../../out/PyStack/PyStack.psd1"
        $id = $python.Id
        Start-Job { Import-Module $using:manifest; Watch-PyStack -Id $using:id -Interval 0.1 -Count 2 } | Receive-Job -Wait -AutoRemoveJob | Should -HaveCount 2
    }
}
