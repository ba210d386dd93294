#!/usr/bin/env bash
# Runs tests of the engine on emulated arm64 machines: Debian's kernels with pages of 4 KiB (bookworm) and of 16 KiB (trixie), in QEMU with pointer authentication.
# It is a switch, not part of the gate: some 20 minutes for each kernel on two processors.
#
#   tests/arm64.sh             both kernels, then the table kernel x interpreter x mode
#   tests/arm64.sh 4k          one kernel (4k, 16k)
#   tests/arm64.sh 4k -- STEP  instead of the tests: a line of shell for the machine, in whose directory are the published tests
#   tests/arm64.sh 4k -- "PYSTACK_MODES_OF=JIT ./PyStack.Engine.Tests -explicit only -class '*.ModeTableTests'"   the table of some interpreters
#   tests/arm64.sh --refresh   gets Debian's packages anew before that
#
# Made and kept below $PYSTACK_CACHE/arm64 (default: .cache at the repository's root, which git ignores), from Debian's packages, without touching the system's apt state:
#   system, root.img           bookworm, with python3.11 and gdb, and sid's 3.13 to 3.15 in a root of its own inside; and a free-threaded 3.13, which is compiled here where tests/pythons.sh has built one
#   kernel-4k, kernel-16k      Image, and an initramfs with the modules that reach the disk
#   source, publish, work.img  the working tree's tests/Engine, published for linux-arm64
#   share-4k, share-16k        what the machine has said: machine, steps.log, modes.tsv; console.log is QEMU's
# QEMU and cpio are installed by apt-get where they are missing (as root only). The machine has no network. It ends by itself, at the latest after PYSTACK_ARM64_LIMIT seconds (3000).
set -euo pipefail

recipe=3 # raise it when what is made of Debian's packages changes
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(cd "$here/.." && pwd)
images=${PYSTACK_CACHE:-$tree/.cache}/arm64
limit=${PYSTACK_ARM64_LIMIT:-3000}
mkdir -p "$images"
images=$(cd "$images" && pwd)

# The classes that run on the machine, beside the table's: what depends on the processor or on the kernel, and needs no compiler.
classes=('*.Unwinding.*' '*.ThreadSamplerTests' '*.ProcessorTests' '*.SystemCallTests' '*.ThreadWaitsTests' '*.CoreTests' '*.GilTests' '*.StillThreadTests')

# shellcheck source=tests/pythons-debian.sh
source "$here/pythons-debian.sh"
# shellcheck source=tests/arm64-image.sh
source "$here/arm64-image.sh"
# shellcheck source=tests/pythons-freethreaded.sh
source "$here/pythons-freethreaded.sh"
# shellcheck source=tests/arm64-freethreaded.sh
source "$here/arm64-freethreaded.sh"

# get_packages PACKAGE...: installs those that are missing.
get_packages() {
    local missing=() one
    for one in "$@"; do dpkg-query -W -f '${db:Status-Abbrev}' "$one" 2> /dev/null | grep '^ii' > /dev/null || missing+=("$one"); done
    ((${#missing[@]})) || return 0
    ((EUID == 0)) || { echo "missing: ${missing[*]}; only root can install them"; return 1; }
    timeout 300 env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${missing[@]}" > /dev/null 2>&1 \
        || { timeout 180 apt-get update > /dev/null 2>&1 && timeout 300 env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "${missing[@]}" > /dev/null 2>&1; }
}

make_system() {
    local one
    if [[ ! -f $images/stamp || $(< "$images/stamp") != "$recipe" ]]; then
        rm -f "$images/stamp"
        make_root
        for one in "${kernels[@]}"; do
            # shellcheck disable=SC2086 # name, suite and package
            make_kernel $one
        done
        add_free_threaded_arm64 "$images/system"
        rm -rf "$images"/state-*
        echo "$recipe" > "$images/stamp"
        rm -f "$images/root.img"
    fi
    cmp -s "$here/arm64-guest.sh" "$images/system/arm64-guest.sh" || cp "$here/arm64-guest.sh" "$images/system/arm64-guest.sh"
    [[ $images/root.img -nt $images/system/arm64-guest.sh && $images/root.img -nt $images/stamp ]] || make_disk "$images/system" "$images/root.img" 1500M
}

dotnet_quietly() {
    MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 timeout 900 dotnet "$@"
}

# The tests of the working tree as it is, built beside it: a publish for another machine would change the lock files of the tree.
make_tests() {
    local work=$images/work
    rm -rf "$work" "$images/publish"
    mkdir -p "$images/source" "$work/tests/Engine"
    find "$images/source" \( -name bin -o -name obj \) -prune -o -type f -exec rm -f {} +
    (cd "$tree" && git ls-files -z --cached --others --exclude-standard -- '*.props' '*.slnx' src tests/Engine tests/Support tests/Programs |
        while IFS= read -r -d '' file; do [[ ! -e $file ]] || printf '%s\0' "$file"; done | tar -c --null -T - | tar -x -C "$images/source")
    { dotnet_quietly build "$images/source/src/PyStack.Codecs" -c Release &&
        dotnet_quietly publish "$images/source/tests/Engine" -c Release -r linux-arm64 --self-contained -p:PublishReadyToRun=true -p:RunAnalyzers=false -o "$images/publish"; } \
        > "$images/publish.log" 2>&1 || { tail -n 20 "$images/publish.log"; return 1; }
    mkdir -p "$images/publish/codecs"
    cp "$images"/source/src/PyStack.Codecs/bin/Release/net10.0/*.dll "$images/publish/codecs/"
    cp "$tree/PyStack.slnx" "$work/"
    cp -r "$tree/tests/Engine/Fixtures" "$work/tests/Engine/"
    cp -r "$images/publish" "$work/run"
    make_disk "$work" "$images/work.img" 500M
    rm -rf "$work"
}

# run_machine KERNEL STEPS: boots, does the steps, ends.
run_machine() {
    local kernel=$1 share=$images/share-$1
    rm -rf "$share"
    mkdir -p "$share"
    printf '%s\n' "$2" > "$share/steps"
    # The disks are not written to: a machine that is cut off leaves nothing behind. It ends with this script.
    timeout --kill-after=10 "$limit" qemu-system-aarch64 -M virt -cpu max,pauth-impdef=on -smp 2 -m 6144 -nic none -nographic -no-reboot \
        -kernel "$images/kernel-$kernel/Image" -initrd "$images/kernel-$kernel/initramfs" -append "console=ttyAMA0 panic=-1 quiet" \
        -drive "file=$images/root.img,format=raw,if=virtio,snapshot=on" -drive "file=$images/work.img,format=raw,if=virtio,readonly=on" \
        -virtfs "local,path=$share,mount_tag=share,security_model=none" < /dev/null > "$share/console.log" 2>&1 &
    machine=$!
    trap 'kill "$machine" 2> /dev/null || true' EXIT
    trap 'exit 143' TERM INT HUP
    wait "$machine" || true
    trap - EXIT TERM INT HUP
    [[ -f $share/exit ]] || { echo "the machine with $kernel did not end:"; tail -n 5 "$share/console.log" "$share/steps.log"; return 1; }
    return "$(< "$share/exit")"
}

default_steps() {
    local filter="" class
    for class in "${classes[@]}"; do filter+=" -class '$class'"; done
    cat << STEPS
./PyStack.Engine.Tests -noColor -maxThreads 1 -explicit only -class '*.ModeTableTests'; table=\$?
./PyStack.Engine.Tests -noColor -maxThreads 1 $filter; classes=\$?
[ \$table = 0 ] && [ \$classes = 0 ]
STEPS
}

# The counts of both kernels, and what the other tests said in all.
print_table() {
    local kernel
    printf '\n%-6s %-42s %-26s %6s %6s\n' kernel interpreter mode right wrong
    for kernel in "$@"; do
        [[ ! -f $images/share-$kernel/modes.tsv ]] || awk -F '\t' -v k="$kernel" '{ printf "%-6s %-42s %-26s %6d %6d\n", k, $1, $2, $3, $4 }' "$images/share-$kernel/modes.tsv"
    done
    for kernel in "$@"; do
        printf '\n%s: ' "$kernel"
        cat "$images/share-$kernel/machine" 2> /dev/null || echo "it has not started"
        grep -E '^ +PyStack.Engine.Tests +Total' "$images/share-$kernel/steps.log" || true
    done
}

main() {
    local which=() steps="" failed=0 kernel
    while (($#)); do
        case $1 in
            --refresh) rm -f "$images/stamp" ;;
            4k | 16k) which+=("$1") ;;
            --) shift; steps="$*"; break ;;
            *) sed -n '2,/^set /p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'; exit 2 ;;
        esac
        shift
    done
    ((${#which[@]})) || which=(4k 16k)

    exec 9> "$images/lock"
    flock 9
    get_packages qemu-system-arm cpio
    make_system
    make_tests
    for kernel in "${which[@]}"; do
        echo "$kernel: $(< "$images/kernel-$kernel/release")"
        run_machine "$kernel" "${steps:-$(default_steps)}" || failed=1
        [[ -z $steps ]] || cat "$images/share-$kernel/steps.log"
    done
    [[ -n $steps ]] || print_table "${which[@]}"
    exit "$failed"
}

main "$@" # all of it is read by now: it may be edited while it runs
