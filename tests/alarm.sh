#!/usr/bin/env bash
# Runs the alarm of docs/examples/alarm under a systemd of its own, and shows what it wrote to the journal, as journalctl --output=json.
#
#   tests/alarm.sh [RUNS]        2 runs without an argument
#
# The systemd is process 1 of new namespaces, over a copy-on-write view of this machine's file system; the units are the files themselves, but for the path of pwsh. Two services hang: deadlock.service has a
# deadlock, and stuck.service a thread that waits for a lock. Last come the names of the evidence, as lines that begin with "evidence ", and the result of each run of the unit, as "result ".
# It wants root, systemd, unshare, overlayfs, a python3 and a pwsh, and says what is missing: exit code 77.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pwsh=${ALARM_PWSH:-$(command -v pwsh || echo "${PYSTACK_CACHE:-$here/.cache}/pwsh/bin/pwsh")}
dotnet_root=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}
systemd=$(ls /lib/systemd/systemd /usr/lib/systemd/systemd 2> /dev/null | head -n 1 || true)
groups=/sys/fs/cgroup

missing() { echo "alarm: $1" >&2; exit 77; }

# Which hierarchies of control groups there are: of version 1 each has a folder.
hierarchies() { if [[ -e $groups/cgroup.procs ]]; then echo "$groups"; else find "$groups" -mindepth 2 -maxdepth 2 -name cgroup.procs -printf '%h\n'; fi; }

if [[ -z ${ALARM_INSIDE:-} ]]; then
    ((EUID == 0)) || missing "only root can start a systemd"
    [[ -n $systemd ]] || missing "there is no systemd (Debian: systemd)"
    [[ -x $pwsh ]] || missing "there is no pwsh (tests/pwsh.sh gets one)"
    python=$(command -v /usr/bin/python3 || true)
    [[ -n $python ]] || missing "there is no /usr/bin/python3"
    work=$(mktemp -d)
    group=pystack-alarm.$$
    joined=

    # Groups of its own, so that nothing is left in those of the machine.
    leave() {
        for hierarchy in $joined; do
            for ((try = 0; try < 50; try++)); do
                find "$hierarchy/$group" -depth -type d -exec rmdir {} + 2> /dev/null && break
                sleep 0.1
            done
        done
        rm -rf "$work"
    }
    trap leave EXIT
    for hierarchy in $(hierarchies); do
        mkdir "$hierarchy/$group" 2> /dev/null || missing "control groups cannot be made in $hierarchy"
        joined="$joined $hierarchy"
        if [[ -e $hierarchy/$group/cpuset.cpus && ! -e $hierarchy/cgroup.controllers ]]; then
            cat "$hierarchy/cpuset.cpus" > "$hierarchy/$group/cpuset.cpus"
            cat "$hierarchy/cpuset.mems" > "$hierarchy/$group/cpuset.mems"
        fi
    done
    result=0
    (
        for hierarchy in $joined; do echo "$BASHPID" > "$hierarchy/$group/cgroup.procs"; done
        ALARM_INSIDE=$work exec unshare --mount --pid --uts --ipc --cgroup --net --fork --kill-child "${BASH_SOURCE[0]}" "${1:-2}"
    ) > "$work/log" 2>&1 || result=$?
    if ! grep -q '^done$' "$work/answer" 2> /dev/null; then
        grep -q '^missing ' "$work/log" && missing "$(sed -n 's/^missing //p' "$work/log")"
        echo "alarm: exit code $result" >&2
        tail -n 30 "$work/log" >&2
        cat "$work/answer" >&2 || true
        exit 1
    fi
    grep -v '^done$' "$work/answer"
    exit 0
fi

work=$ALARM_INSIDE
root=$work/fs/root
mkdir "$work/fs"
mount -t tmpfs tmpfs "$work/fs"
mkdir "$work/fs/upper" "$work/fs/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/fs/upper,workdir=$work/fs/work" "$root" || { echo "missing overlayfs"; exit 1; }

# What is mounted on this machine and has the programs: an overlay shows the folders below them only.
while read -r place kind; do
    case $kind in ext* | xfs | btrfs | overlay | fuse* | 9p | virtiofs) [[ $place == / || $place == "$work"* ]] || mount --rbind "$place" "$root$place" 2> /dev/null || true ;; esac
done < <(awk '{ print $2, $3 }' /proc/self/mounts)
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount --rbind /dev "$root/dev"
mount -t sysfs sysfs "$root/sys"
if [[ -e $groups/cgroup.procs ]]; then
    mount -t cgroup2 cgroup "$root$groups"
else
    mount -t tmpfs tmpfs "$root$groups"
    mkdir "$root$groups/systemd" "$root$groups/unified"
    mount -t cgroup -o none,name=systemd cgroup "$root$groups/systemd"
    mount -t cgroup2 cgroup "$root$groups/unified" || rmdir "$root$groups/unified"
fi
mkdir -p "$root/answer" "$root/etc/pystack" "$root/var/lib/pystack-modules"
mount --bind "$work" "$root/answer"
mount -t tmpfs tmpfs "$root/var/log"

units=$root/etc/systemd/system
examples=$here/docs/examples
# pwsh finds .NET and the module by its environment here; a machine that has them installed needs none of it.
cat > "$root/etc/pystack/pwsh" << EOF
#!/bin/sh
export DOTNET_ROOT='$dotnet_root' PSModulePath=/var/lib/pystack-modules
exec '$pwsh' "\$@"
EOF
chmod 755 "$root/etc/pystack/pwsh"
cp -r "$here/out/PyStack" "$root/var/lib/pystack-modules/PyStack"
cp "$examples/alarm/pystack-alarm.ps1" "$examples/alarm/powershell.config.json" "$root/etc/pystack/"
cp "$examples/hanging_worker.py" "$root/etc/pystack/"
sed 's|^ExecStart=/usr/bin/pwsh \(.*\)|ExecStart=/etc/pystack/pwsh \1 -StuckSeconds 0 -Interval 1|' "$examples/alarm/pystack-alarm.service" > "$units/pystack-alarm.service"
cp "$examples/alarm/pystack-alarm.timer" "$units/"
cat > "$root/etc/pystack/stuck.py" << 'EOF'
import threading, time
lock = threading.Lock()
def holder():
    with lock:
        ready.set()
        time.sleep(1000)
def waiter():
    lock.acquire()
ready = threading.Event()
threading.Thread(target=holder, daemon=True).start()
ready.wait()
threading.Thread(target=waiter, daemon=True, name="waiter").start()
time.sleep(1000)
EOF
for name in deadlock stuck; do
    program=$name.py
    [[ $name == stuck ]] || program=hanging_worker.py
    printf '[Unit]\nDefaultDependencies=no\n[Service]\nUser=nobody\nExecStart=/usr/bin/python3 /etc/pystack/%s\n' "$program" > "$units/$name.service"
done
cat > "$root/etc/pystack/run.sh" << EOF
systemctl start deadlock.service stuck.service
for name in deadlock stuck; do
    until [ "\$(ls /proc/\$(systemctl show --property=MainPID --value \$name.service)/task | wc -l)" -ge 3 ]; do sleep 0.1; done
done
run=0
while [ \$run -lt $1 ]; do
    systemctl start pystack-alarm.service
    echo "result \$(systemctl show --property=Result --value pystack-alarm.service)"
    run=\$((run + 1))
done
journalctl --sync
journalctl --unit=pystack-alarm.service --output=json --output-fields=PRIORITY,MESSAGE --no-pager
find /var/lib/pystack-alarm -printf 'evidence %m %P\n' | sort
systemctl cat pystack-alarm.timer > /dev/null && systemctl start pystack-alarm.timer && echo "timer \$(systemctl is-active pystack-alarm.timer)"
echo done
EOF
cat > "$units/test.service" << EOF
[Unit]
DefaultDependencies=no
Wants=systemd-journald.service
After=systemd-journald.service
[Service]
Type=oneshot
StandardOutput=file:/answer/answer
StandardError=inherit
ExecStart=/bin/sh /etc/pystack/run.sh
ExecStopPost=/bin/systemctl exit --force
EOF
printf '[Unit]\nRequires=test.service\n' > "$units/test.target"
: > "$root/etc/fstab"
rm -f "$root/etc/machine-id"
: > "$root/etc/machine-id"
export container=pystack
exec chroot "$root" "$systemd" --system --unit=test.target --show-status=no --log-target=console --log-level=notice
