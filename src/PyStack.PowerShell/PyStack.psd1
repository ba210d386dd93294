@{
    RootModule           = 'PyStack.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = 'b8f1c1a6-5a0e-4f0b-9d4e-6a1c7c0f2d31'
    Author               = 'The PyStack authors'
    CompanyName          = 'The PyStack authors'
    Copyright            = '(c) 2026 The PyStack authors. MIT licence.'
    Description          = 'Shows the Python stacks, asyncio tasks and greenlets of running processes and of core dumps as objects, without running code in the target or writing to its memory.'
    PowerShellVersion    = '7.6'
    CompatiblePSEditions = @('Core')
    TypesToProcess       = @('PyStack.Types.ps1xml')
    FormatsToProcess     = @('PyStack.Format.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @('Export-PyProfile', 'Export-PyReport', 'Find-PyDeadlock', 'Format-PyStack', 'Get-PyCore', 'Get-PyProcess', 'Get-PyStack', 'Get-PyTask', 'Measure-PyStack', 'Save-PyCore', 'Test-PyStackAccess', 'Watch-PyStack')
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            # Find-PSResource -CommandName looks for PSCommand_ and the name, in a folder of packages here and not in the package's own description.
            Tags         = @(
                'Python', 'Stack', 'Traceback', 'Debugging', 'Diagnostics', 'CoreDump', 'Profiler', 'FlameGraph', 'asyncio', 'gevent', 'greenlet', 'trio', 'Linux', 'PSEdition_Core'
                'PSCommand_Export-PyProfile', 'PSCommand_Export-PyReport', 'PSCommand_Find-PyDeadlock', 'PSCommand_Format-PyStack', 'PSCommand_Get-PyCore', 'PSCommand_Get-PyProcess', 'PSCommand_Get-PyStack', 'PSCommand_Get-PyTask', 'PSCommand_Measure-PyStack', 'PSCommand_Save-PyCore', 'PSCommand_Test-PyStackAccess', 'PSCommand_Watch-PyStack'
            )
            LicenseUri   = 'https://opensource.org/license/mit'
            ProjectUri   = 'https://github.com/pystack-powershell/PyStack'
            IconUri      = 'https://github.com/pystack-powershell/PyStack/raw/main/docs/icon.png'
            # Prerelease = 'preview1' makes the version of the package 0.1.0-preview1.
            ReleaseNotes = @'
First release. Get-PyStack shows the Python stacks of running processes, stopped for a fraction of a millisecond or not at all, and of core files, with native
frames (-Native) and variables (-Locals); Get-PyTask shows the asyncio tasks, greenlets and trio tasks inside of them, and who awaits whom; Get-PyProcess and
Get-PyCore find processes and cores, and Test-PyStackAccess says what stands in the way. CPython 2.7 and 3.6 to
3.15, Linux x64 and arm64. All changes: CHANGELOG.md in the module's folder.
'@
        }
    }
}
