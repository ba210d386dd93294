#!/usr/bin/env bash
# Gets a pwsh and Pester for the tests that want them, where a machine has none. Nothing is installed: they are unpacked into the project's cache.
#
#   tests/pwsh.sh      unpack what is missing, then say what there is
#
#   $PYSTACK_CACHE (default: .cache at the repository's root, which git ignores)
#     pwsh/bin/pwsh         PowerShell's own package for the .NET SDK
#     pwsh/modules/Pester/VERSION/  a folder for $env:PSModulePath, with each version that the tests must pass in
#
# Both come from NuGet by the SDK's ordinary client. Where its sources do not have them, that is said and is no failure: the tests then run what they can
# in the embedded engine, and say what they leave out.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PYSTACK_CACHE:-$here/../.cache}
mkdir -p "$cache/pwsh"
cache=$(cd "$cache/pwsh" && pwd)
log=$cache/last.log

# The version that `dotnet tool restore` brings, which is that of the engine that the project builds against.
pwsh_version=$(sed -n 's/.*"version": "\([0-9.]*\)".*/\1/p' "$here/../.config/dotnet-tools.json")
# The last of each series that is maintained. tests/PowerShell/PesterFileTests.cs names them too.
pester_versions=(5.9.1 6.2.0)

say() { printf '%-8s %-12s %s\n' "$1" "$2" "$3"; }

# bounded COMMAND...: its output goes to the log. A network that does not answer must not hold the gate.
bounded() {
    timeout 300 "$@" > "$log" 2>&1 9>&- || { (($? != 124)) || echo "no answer within 300 s" >> "$log"; return 1; }
}

get_pwsh() {
    rm -rf "$cache/bin"
    # From an empty folder: the repository's own settings (lock files, central versions) are not for a tool.
    (cd "$cache" && bounded dotnet tool install PowerShell --version "$pwsh_version" --tool-path "$cache/bin")
}

has_pester() {
    local version
    for version in "${pester_versions[@]}"; do
        [[ -f $cache/modules/Pester/$version/Pester.psd1 ]] || return 1
    done
}

get_pester() {
    local work version
    work=$(mktemp -d "$cache/pester.XXXXXX")
    cat > "$work/pester.csproj" << EOF
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net10.0</TargetFramework>
    <ImportDirectoryBuildProps>false</ImportDirectoryBuildProps>
    <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
  </PropertyGroup>
  <ItemGroup><PackageDownload Include="Pester" Version="$(printf '[%s];' "${pester_versions[@]}")" /></ItemGroup>
</Project>
EOF
    if bounded dotnet restore "$work/pester.csproj" --packages "$work/packages"; then
        rm -rf "$cache/modules/Pester"
        mkdir -p "$cache/modules/Pester"
        for version in "${pester_versions[@]}"; do
            mv "$work/packages/pester/$version/tools" "$cache/modules/Pester/$version"
        done
    fi
    rm -rf "$work"
    has_pester
}

exec 9> "$cache/lock"
flock -w 900 9 || { say absent pwsh "another run holds $cache/lock"; exit 0; }
# The module is for PowerShell 7.6 and newer.
is_new_enough() { [[ $("$1" -NoProfile -Version 2> /dev/null) =~ ^PowerShell\ 7\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 6)); }

if command -v pwsh > /dev/null && is_new_enough "$(command -v pwsh)"; then
    say present pwsh "$(command -v pwsh)"
elif { [[ -x $cache/bin/pwsh ]] && is_new_enough "$cache/bin/pwsh"; } || get_pwsh; then
    say present pwsh "$pwsh_version, in the cache"
else
    say absent pwsh "$(tail -n 1 "$log")"
fi
if has_pester || get_pester; then
    say present Pester "${pester_versions[*]}, in the cache"
else
    say absent Pester "$(tail -n 1 "$log")"
fi
