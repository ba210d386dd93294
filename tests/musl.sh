#!/usr/bin/env bash
# Runs the one file for musl in a root like Alpine's: musl, libgcc, libstdc++, /proc, and nothing else. As root; not in the gate, since it publishes the host (minutes).
#
#   tests/musl.sh                 looks at a Python on musl (PYSTACK_PYTHONS_MUSL=1 tests/pythons.sh) and at the machine's python3
#   tests/musl.sh COMMAND...      runs commands of PyStack there; $PYTHON_MUSL and $PYTHON are the ids of the two
#
# PYSTACK_MUSL_HOST names a pystack-host that is published already.
#
# Debian has musl, but no libstdc++ for it. .NET uses little of it, which is in no way special to a libc: it is linked here from Debian's own archive of position-independent
# objects, with what these take from glibc in tests/Programs/musl_libstdc++.c. That is for tests; Alpine has its own (apk add libstdc++).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PYSTACK_CACHE:-$here/../.cache}
gcc_folder=$(dirname "$(gcc -print-libgcc-file-name)")
case $(uname -m) in
    x86_64) rid=linux-musl-x64 loader=ld-musl-x86_64.so.1 libc=libc.musl-x86_64.so.1 ;;
    aarch64) rid=linux-musl-arm64 loader=ld-musl-aarch64.so.1 libc=libc.musl-aarch64.so.1 ;;
esac

missing() {
    echo "tests/musl.sh: $1" >&2
    exit 1
}
((UID == 0)) || missing "only root can make a root file system"
command -v musl-gcc > /dev/null || missing "there is no musl-gcc (Debian: musl-tools)"
[[ -f $gcc_folder/libstdc++_pic.a ]] || missing "there is no libstdc++_pic.a (Debian: libstdc++-$(gcc -dumpversion)-pic)"

work=$(mktemp -d)
targets=()
cleanup() {
    ((${#targets[@]} == 0)) || kill "${targets[@]}" 2> /dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

host=${PYSTACK_MUSL_HOST:-}
if [[ -z $host ]]; then
    dotnet publish "$here/../src/PyStack.Host" -r "$rid" --self-contained --output "$work/published"
    host=$work/published/pystack-host
fi

root=$work/root
mkdir -p "$root"/{lib,proc,dev,tmp,usr/bin}
cp "$host" "$root/usr/bin/pystack-host"
cp -L "/lib/$loader" "$root/lib/$loader"
ln -s "$loader" "$root/lib/$libc"
cp -L "$(gcc -print-file-name=libgcc_s.so.1)" "$root/lib/" # of glibc's symbols it needs one, _dl_find_object

# link_libstdcxx SYMBOL...: a libstdc++ of these symbols.
link_libstdcxx() {
    musl-gcc -shared -fPIC -w -Wl,--eh-frame-hdr -o "$root/lib/libstdc++.so.6" -Wl,-soname,libstdc++.so.6 "${@/#/-Wl,-u,}" \
        "$here/Programs/musl_libstdc++.c" "$gcc_folder/libstdc++_pic.a" "$root/lib/libgcc_s.so.1" "$(gcc -print-libgcc-file-name)"
}
mapfile -t symbols < <(nm -D --undefined-only "$host" | awk '{ print $NF }' | sed 's/@.*//' |
    grep -E '^(_Z[^T]|_ZT[IVTS]|__cxa_|__gxx)' | sort -u)
link_libstdcxx "${symbols[@]}"

# start NAME COMMAND...: a target outside of the root, which says "ready".
start() {
    local name=$1
    shift
    "$@" "$here/PowerShell/Host/waiting.py" > "$work/ready-$name" < /dev/null &
    targets+=($!)
    export "$name=$!"
    for ((i = 0; i < 200; i++)); do
        [[ ! -s $work/ready-$name ]] || return 0
        sleep 0.1
    done
    missing "$name does not start"
}
start PYTHON "$(command -v python3)"
if [[ -x $cache/pythons/musl/bin/python3.13 ]]; then
    start PYTHON_MUSL "$cache/pythons/musl/bin/python3.13"
fi

commands=("$@")
if ((${#commands[@]} == 0)); then
    commands=(
        "\"\$([Runtime.InteropServices.RuntimeInformation]::RuntimeIdentifier), PyStack \$((Get-Module PyStack).Version)\""
        "Get-PyProcess -Id $PYTHON | Test-PyStackAccess | Format-List ProcessId, IsAccessible"
        "Get-PyStack -Id $PYTHON -Locals -Native"
        "Get-PyStack -Id $PYTHON -NoBlock"
        ${PYTHON_MUSL:+"Get-PyStack -Id $PYTHON_MUSL -Locals -Native"}
        ${PYTHON_MUSL:+"Get-PyStack -Id $PYTHON_MUSL -Native -NoBlock"}
        ${PYTHON_MUSL:+"Save-PyCore -Id $PYTHON_MUSL -Path /tmp/small.core -Native; Get-PyStack -Path /tmp/small.core -Native"}
        "Measure-PyStack -Id $PYTHON -Duration 1 | Format-List Samples, Torn, AchievedRate"
        "Find-PyDeadlock -Id $PYTHON; Get-PyTask -Id $PYTHON; 'no deadlock, no task'"
    )
fi
export HOME=/tmp PATH=/usr/bin
for command in "${commands[@]}"; do
    printf '\n> %s\n' "$command"
    # As in a container: PowerShell's drives are mounts.
    /usr/bin/unshare --mount --propagation private /bin/sh -c '
        root=$1
        PATH=/usr/sbin:/usr/bin:/sbin:/bin
        mount --bind "$root" "$root" && mount --rbind /proc "$root/proc" && mount --rbind /dev "$root/dev"
        exec chroot "$root" /usr/bin/pystack-host "$2"' sh "$root" "$command" || echo "exit code $?"
done
