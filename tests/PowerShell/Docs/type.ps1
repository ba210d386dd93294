# Types the commands of a document, one after the other as a user would, and tells what came of each. Runs in pwsh and in pystack-host.
#
#   type.ps1 FOLDER REPOSITORY
#
# FOLDER holds the document's blocks as 001.ps1, 002.sh, ... For each command: a line "=== BLOCK", the command behind "> ", what it showed, and last one of
# "=== done" and "=== failed: the first error".
param([string] $__folder, [string] $__repository)

# As on a wide terminal: where there is none PowerShell would break lines at 80 columns.
$__show = { $input | Out-String -Width 250 | Out-Default }

function __Begin([string] $block, [string] $command) { "=== $block`n> " + $command.Replace("`n", "`n> ") | Out-Default }

function __Shell([string] $file, [string] $folder) {
    $start = [System.Diagnostics.ProcessStartInfo]::new('/bin/sh', [string[]] @('-e', $file))
    $start.RedirectStandardOutput = $true
    $code = [System.IO.File]::ReadAllText($file)
    if ($code.Contains('dotnet ')) { $start.WorkingDirectory = $folder }
    $process = [System.Diagnostics.Process]::Start($start)
    if ($code.TrimEnd().EndsWith('&')) {
        # What runs on in the background says when it is where it shall be.
        $line = $process.StandardOutput.ReadLine()
        if ($line -eq 'ready') { '=== done' } else { "=== failed: the program said '$line' and not that it is ready" }
        return
    }

    $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode -eq 0) { '=== done' } else { "=== failed: exit code $($process.ExitCode)" }
}

$__files = [System.IO.Directory]::GetFiles($__folder)
[Array]::Sort($__files, [StringComparer]::Ordinal)
foreach ($__file in $__files) {
    $__block = [System.IO.Path]::GetFileName($__file)
    if ($__file.EndsWith('.sh')) {
        __Begin $__block ([System.IO.File]::ReadAllText($__file).TrimEnd())
        __Shell $__file $__repository | Out-Default
        continue
    }

    $__parsed = [System.Management.Automation.Language.Parser]::ParseFile($__file, [ref] $null, [ref] $null)
    foreach ($__statement in $__parsed.EndBlock.Statements) {
        __Begin $__block $__statement.Extent.Text
        if ((Get-Module PyStack) -and $__statement.Extent.Text.StartsWith('Import-Module ./out/')) {
            # The host has imported it already, under the path that it knows it by.
            '=== done' | Out-Default
            continue
        }

        $Error.Clear()
        $__failure = $null
        try {
            . ([scriptblock]::Create($__statement.Extent.Text)) 2>&1 3>&1 4>&1 5>&1 | & $__show
        }
        catch {
            $__failure = $_
        }

        # What a command was told to be silent about is in $Error as well, and is no failure.
        if ($Error.Count -and -not $__failure -and $__statement.Extent.Text -notmatch '-ErrorAction SilentlyContinue') { $__failure = $Error[$Error.Count - 1] }
        if ($__failure) { "=== failed: $__failure" | Out-Default } else { '=== done' | Out-Default }
    }
}
