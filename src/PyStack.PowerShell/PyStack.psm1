# A ReadyToRun image for one processor does not load on another, so the module has one for each and chooses here. It names the processor and the
# kernel, not the libc: with musl (Alpine) it is the same. These lines run in every session that imports it, and PowerShell compiles them each time:
# a try block costs 10 ms, an operator or a search for the command some more. So the usual case is one command, and the rest is in a block of its
# own, which is compiled only if it runs.
Microsoft.PowerShell.Core\Import-Module -Name "$PSScriptRoot/bin/$([System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier.Replace('musl-', ''))/PyStack.PowerShell.dll" -ErrorAction Ignore || . {
    # A distribution's own .NET has another name for the same platform, such as debian.12-x64.
    $architecture = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    $binary = "$PSScriptRoot/bin/linux-$architecture/PyStack.PowerShell.dll"
    if (-not $IsLinux -or -not [System.IO.File]::Exists($binary)) {
        throw [System.PlatformNotSupportedException]::new("PyStack runs on Linux with an x64 or arm64 processor, not on $([System.Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier).")
    }
    # Also where the first attempt failed for another reason: its error is shown this time.
    Microsoft.PowerShell.Core\Import-Module -Name $binary -ErrorAction Stop
}
