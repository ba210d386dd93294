#Requires -Version 7.4
<#
.SYNOPSIS
Builds, tests, documents and packages PyStack: a thin caller of dotnet, Pester and PlatyPS.
.EXAMPLE
./build.ps1 -Task Test -Configuration Release
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

function Invoke-Dotnet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($args[0]) ended with $LASTEXITCODE." }
}

function Use-Tool([string] $Name, [version] $Version) {
    if (-not (Get-Module -ListAvailable -Name $Name | Where-Object Version -GE $Version)) {
        throw "This task needs $Name $Version or newer, which is not installed. Install-PSResource $Name brings it."
    }
    Import-Module $Name -MinimumVersion $Version
}

# The host's project assembles the module under out/PyStack.
function Build { Invoke-Dotnet build "$PSScriptRoot/src/PyStack.Host" --configuration $Configuration }

function Test { Invoke-Dotnet test "$PSScriptRoot/PyStack.slnx" --configuration $Configuration }

function Pester {
    Use-Tool Pester 5.7.0
    Build
    $result = Invoke-Pester -Path "$PSScriptRoot/tests/Pester" -PassThru
    if ($result.FailedCount) { throw "$($result.FailedCount) Pester tests failed." }
}

# Brings parameters that are new or changed into the pages; the words are ours to write.
function Help {
    Use-Tool Microsoft.PowerShell.PlatyPS 1.0.0
    Build
    Import-Module "$module/PyStack.psd1" -Force
    Get-ChildItem "$PSScriptRoot/docs/help/en-US/*.md" | Update-MarkdownCommandHelp
}

function Package {
    Build
    $version = (Import-PowerShellDataFile "$PSScriptRoot/PyStack.psd1").ModuleVersion
    $archive = "$PSScriptRoot/out/PyStack-$version.zip"
    Compress-Archive -Path $module -DestinationPath $archive -Force
    $archive
}

foreach ($name in $Task) { & $name }
