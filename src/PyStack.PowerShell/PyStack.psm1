# A ReadyToRun image for one processor does not load on another, so the module carries one for each and chooses here. These lines run in
# every session that imports it, where each operator costs milliseconds to compile: so the usual case has none, and the rest stands in a
# block of its own, which is compiled only if it runs.
$rid = [System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier
try {
    Import-Module -Name "$PSScriptRoot/bin/$rid/PyStack.PowerShell.dll" -ErrorAction Stop
}
catch {
    . {
        # A distribution's own .NET has another name for the same platform, such as debian.12-x64.
        $architecture = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
        $binary = "$PSScriptRoot/bin/linux-$architecture/PyStack.PowerShell.dll"
        if (-not $IsLinux -or -not [System.IO.File]::Exists($binary)) {
            throw [System.PlatformNotSupportedException]::new("PyStack runs on Linux with an x64 or arm64 processor, not on $rid.")
        }
        Import-Module -Name $binary -ErrorAction Stop
    }
}
