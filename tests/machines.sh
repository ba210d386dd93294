#!/usr/bin/env bash
# Gets what the tests of containers, fleets, the alarm, emulators and debuginfod want, where a machine lacks it: runc, sshd, ip, systemd's programs, valgrind, QEMU's user mode and debuginfod, by apt-get (as root
# only). None of them is started.
#
#   tests/machines.sh      get what is missing, then say what there is
#
# On a machine that starts services at its boot sshd is not installed: it would be one of them.
# What cannot be had is said and is no failure: the tests that want it are skipped, and say why.
set -euo pipefail

say() { printf '%-8s %-16s %s\n' "$1" "$2" "$3"; }

has() {
    case $1 in
        runc) command -v runc > /dev/null || command -v crun > /dev/null ;;
        openssh-server) [[ -x /usr/sbin/sshd ]] && command -v ssh > /dev/null ;;
        iproute2) command -v ip > /dev/null ;;
        debuginfod) command -v debuginfod > /dev/null && command -v debuginfod-find > /dev/null ;;
        systemd) [[ -x /lib/systemd/systemd ]] ;;
        valgrind) command -v valgrind > /dev/null ;;
        qemu-user) command -v qemu-x86_64 > /dev/null ;;
    esac
}

packages=(runc openssh-server iproute2 systemd valgrind qemu-user debuginfod)
missing=()
for package in "${packages[@]}"; do
    has "$package" || [[ $package == openssh-server && -d /run/systemd/system ]] || missing+=("$package")
done

# A service must not start: policy-rc.d says so to the packages' scripts (invoke-rc.d(8)).
install() {
    local policy=/usr/sbin/policy-rc.d
    ((EUID == 0)) || { echo "only root can install it"; return 1; }
    [[ -e $policy ]] || { trap 'rm -f /usr/sbin/policy-rc.d' EXIT; printf '#!/bin/sh\nexit 101\n' > "$policy"; chmod 755 "$policy"; }
    timeout 180 env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@" > /dev/null 2>&1 \
        || { timeout 180 apt-get update > /dev/null 2>&1 && timeout 180 env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends "$@" > /dev/null 2>&1; } || true
}

((${#missing[@]} == 0)) || install "${missing[@]}" || true
for package in "${packages[@]}"; do
    if has "$package"; then say here "$package" ''; else say absent "$package" "apt-get install $package"; fi
done
