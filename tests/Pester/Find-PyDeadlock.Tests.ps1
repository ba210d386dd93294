BeforeAll {
    . $PSScriptRoot/PythonTarget.ps1
    $target = Start-PythonTarget
}

AfterAll { Stop-PythonTarget $target }

Describe 'Find-PyDeadlock' {
    It 'finds nothing where threads only sleep' {
        $target.Id | Find-PyDeadlock | Should -BeNullOrEmpty
        Find-PyDeadlock -Id $target.Id -NoBlock | Should -BeNullOrEmpty
    }

    It 'has an error for a process that does not exist, and goes on' {
        0, $target.Id | Find-PyDeadlock -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -Be 'ProcessNotFound,PyStack.FindPyDeadlockCommand'
    }
}
