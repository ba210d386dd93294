#Requires -Version 7.6
<#
.SYNOPSIS
Builds, tests, documents and packages PyStack: a thin caller of dotnet, Pester and PlatyPS.
.DESCRIPTION
Build    builds everything and assembles the module under out/PyStack, with its help.
Test     runs every test.
Pester   runs the tests of tests/Pester with Pester 5.9.1 or newer.
Help     brings new and changed parameters into docs/help/en-US and makes the module's help of it, with PlatyPS 1.0. (Build makes the help without it.)
Package  makes out/PyStack.<version>.nupkg, as the PowerShell Gallery takes it, and out/PyStack.cdx.json, which lists what is in it.
.EXAMPLE
./build.ps1 -Task Test -Configuration Release
.EXAMPLE
./build.ps1 -Task Build, Pester, Package
#>
[CmdletBinding()]
param(
    [ValidateSet('Build', 'Test', 'Pester', 'Help', 'Package')]
    [string[]] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
$module = "$PSScriptRoot/out/PyStack"
$options = '--configuration', $Configuration

function Invoke-Dotnet([string[]] $Argument) {
    & dotnet @Argument | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($Argument[0]) ended with $LASTEXITCODE." }
}

function Use-Tool([string] $Name, [version] $Version, [string] $Otherwise) {
    if (-not (Get-Module -ListAvailable -Name $Name | Where-Object Version -GE $Version)) {
        throw "This task needs $Name $Version or newer, which is not installed. Install-PSResource $Name brings it. $Otherwise"
    }
    Import-Module $Name -MinimumVersion $Version
}

# The host's project assembles the module under out/PyStack.
function Invoke-BuildTask { Invoke-Dotnet (@('build', "$PSScriptRoot/src/PyStack.Host") + $options) }

function Invoke-TestTask { Invoke-Dotnet (@('test', "$PSScriptRoot/PyStack.slnx") + $options) }

function Invoke-PesterTask {
    Use-Tool -Name Pester -Version 5.9.1 -Otherwise 'The other tests run without it: ./build.ps1 -Task Test.'
    Invoke-BuildTask
    $result = Invoke-Pester -Path "$PSScriptRoot/tests/Pester" -PassThru
    if ($result.FailedCount -or $result.FailedContainersCount) { throw "$($result.FailedCount) Pester tests failed." }
}

# Brings parameters that are new or changed into the pages; the words are ours to write.
function Invoke-HelpTask {
    Use-Tool -Name Microsoft.PowerShell.PlatyPS -Version 1.0.0 -Otherwise 'The help itself is made without it: ./build.ps1 -Task Build.'
    Invoke-BuildTask
    Import-Module "$module/PyStack.psd1" -Force
    $pages = Get-ChildItem "$PSScriptRoot/docs/help/en-US/*-*.md"
    $pages | Update-MarkdownCommandHelp -NoBackup
    $maml = $pages | Import-MarkdownCommandHelp | Export-MamlCommandHelp -OutputFolder "$PSScriptRoot/out/help" -Force
    Copy-Item $maml "$module/en-US/PyStack.PowerShell.dll-Help.xml" -Force
}

function Invoke-PackageTask {
    Invoke-Dotnet (@('pack', "$PSScriptRoot/src/PyStack.Package") + $options)
    $manifest = Import-PowerShellDataFile "$module/PyStack.psd1"
    $version = $manifest.ModuleVersion
    if ($manifest.PrivateData.PSData.Prerelease) { $version += "-$($manifest.PrivateData.PSData.Prerelease)" }
    Get-Item "$PSScriptRoot/out/PyStack.$version.nupkg", "$PSScriptRoot/out/PyStack.cdx.json"
}

foreach ($name in $Task) { & "Invoke-${name}Task" }
