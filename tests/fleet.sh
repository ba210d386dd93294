#!/usr/bin/env bash
# Five machines for the time of one command: network namespaces at a bridge, each with process ids, a host name, an sshd and Python programs of its own.
#
#   tests/fleet.sh pwsh -NoProfile -File script.ps1      run a command among them
#   FLEET_PROCESSES=20 tests/fleet.sh COMMAND...         with so many Python processes on each
#   FLEET_PYTHONS='python3.8 python3.14' tests/fleet.sh COMMAND...   web1 has the first interpreter, web2 the second, and so on
#   FLEET_WELL=1 tests/fleet.sh COMMAND...               all five are quick and up, and the user is root
#
# The machines are called web1 to web5, and `ssh web1` works without a question. web1 and web2 are quick. web3 is slow: half a second for each packet and as much for its answer, or where the kernel
# cannot delay packets (tc netem), some seconds to log in. On web4 the user is not root and may not trace. web5 is down. Everything is gone with the command: it is all in namespaces of this script.
# It wants root, ip (iproute2), sshd (openssh-server), unshare and a pwsh, and says what is missing: exit code 77.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pwsh=${FLEET_PWSH:-$(command -v pwsh || echo "${PYSTACK_CACHE:-$here/.cache}/pwsh/bin/pwsh")}
dotnet_root=${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}
sshd=$(command -v sshd || echo /usr/sbin/sshd)

missing() { echo "fleet: $1" >&2; exit 77; }

if [[ -z ${FLEET_INSIDE:-} ]]; then
    ((EUID == 0)) || missing "only root can make machines of namespaces"
    for program in ip unshare ssh ssh-keygen "$sshd" setpriv python3; do
        command -v "$program" > /dev/null || missing "there is no $program (Debian: iproute2, openssh-server, openssh-client, util-linux)"
    done
    [[ -x $pwsh ]] || missing "there is no pwsh (tests/pwsh.sh gets one)"
    unshare --net --mount --pid --fork --mount-proc --kill-child true 2> /dev/null || missing "this kernel or sandbox allows no namespaces"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    result=0
    FLEET_INSIDE=$work unshare --net --mount --pid --fork --mount-proc --kill-child "${BASH_SOURCE[0]}" "$@" || result=$?
    exit "$result"
fi

work=$FLEET_INSIDE
unset FLEET_INSIDE
chmod 755 "$work"

# Over the machine's own files, in this mount namespace only.
mkdir -p /run/netns /run/sshd
mount -t tmpfs tmpfs /run/netns
for n in 1 2 3 4 5; do echo "10.77.0.$n web$n"; done | cat /etc/hosts - > "$work/hosts"
mount --bind "$work/hosts" /etc/hosts
{ grep -v '^operator:' /etc/passwd; echo "operator:x:4711:4711::$work/home:/bin/sh"; } > "$work/passwd"
mount --bind "$work/passwd" /etc/passwd
mkdir "$work/home"
chown 4711:4711 "$work/home"
ssh-keygen -q -t ed25519 -N '' -f "$work/user"
ssh-keygen -q -t ed25519 -N '' -f "$work/host"
cat > "$work/ssh_config" << EOF
Host *
  IdentityFile $work/user
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  BatchMode yes
  ConnectTimeout 10
EOF
well=${FLEET_WELL:-}
[[ -n $well ]] || printf 'Host web4\n  User operator\n' >> "$work/ssh_config"
touch /etc/ssh/ssh_config
mount --bind "$work/ssh_config" /etc/ssh/ssh_config

# What a machine has installed: pwsh as a subsystem, and the module for all users.
mkdir "$work/modules"
ln -s "$here/out/PyStack" "$work/modules/PyStack"
cat > "$work/subsystem" << EOF
#!/bin/sh
[ ! -e "$work/slow.\$(hostname)" ] || sleep 3
export PSModulePath='$work/modules' DOTNET_ROOT='$dotnet_root' POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
exec '$pwsh' -sshs -NoLogo -NoProfile
EOF
chmod 755 "$work/subsystem"
cp "$work/user.pub" "$work/authorized_keys"
chmod 644 "$work/authorized_keys"
cat > "$work/sshd_config" << EOF
HostKey $work/host
AuthorizedKeysFile $work/authorized_keys
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
UsePAM no
UseDNS no
PidFile none
Subsystem powershell $work/subsystem
EOF

# machine N PYTHON PROGRAMS: an own host name, process ids and services, which say when they are ready. They are those of another user if that user can run the interpreter.
cat > "$work/machine" << EOF
#!/usr/bin/env bash
hostname "web\$1"
cd '$here'
nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
\$nobody "\$2" -c '' 2> /dev/null || nobody=
for program in \$3; do
    n=\$((n + 1))
    \$nobody "\$2" "\$program" > "$work/ready.\$1.\$n" 2>&1 < /dev/null &
done
exec '$sshd' -D -e -f '$work/sshd_config' > '$work/sshd.'\$1 2>&1
EOF
chmod 755 "$work/machine"

ip link set lo up
ip link add bridge type bridge
ip addr add 10.77.0.100/24 dev bridge
ip link set bridge up
processes=${FLEET_PROCESSES:-2}
read -ra pythons <<< "${FLEET_PYTHONS:-$(command -v /usr/bin/python3 || command -v python3)}"
examples=$here/docs/examples
started=0
last=4
[[ -z $well ]] || last=5
for n in 1 2 3 4 5; do
    ip netns add "web$n"
    ip link add "port$n" type veth peer name eth0 netns "web$n"
    ip link set "port$n" master bridge up
    ((n <= last)) || continue
    ip -n "web$n" link set lo up
    ip -n "web$n" addr add "10.77.0.$n/24" dev eth0
    ip -n "web$n" link set eth0 up
    list=
    for ((i = 0; i < processes; i++)); do
        # Two kinds of service, both of which hang; each machine has both.
        program=hanging_worker.py
        ((i % 2 == 0)) || program=hanging_service.py
        list="$list $examples/$program"
        started=$((started + 1))
    done
    ip netns exec "web$n" unshare --pid --mount --uts --fork --mount-proc --kill-child "$work/machine" "$n" "${pythons[(n - 1) % ${#pythons[@]}]}" "$list" &
done
state='all are well'
if [[ -z $well ]]; then
    tc -n web3 qdisc add dev eth0 root netem delay 250ms 2> /dev/null && state='packets take 250 ms' || { touch "$work/slow.web3"; state='logging in takes 3 s'; }
    state="web3 is slow: $state; on web4 the user is not root; web5 is down"
fi

# All services have said that they hang, and all sshds that they listen.
for ((i = 0; i < 600; i++)); do
    ready=$(cat "$work"/ready.* 2> /dev/null | grep -c ready || true)
    listening=$(cat "$work"/sshd.* 2> /dev/null | grep -c 'Server listening on 0.0.0.0' || true)
    ((ready < started || listening < last)) || break
    sleep 0.1
done
((ready == started && listening == last)) || { echo "fleet: $ready of $started services are ready, $listening of $last machines listen" >&2; cat "$work"/sshd.* "$work"/ready.* >&2; exit 1; }
echo "fleet: web1 to web5, $processes processes on each; $state" >&2

export DOTNET_ROOT=$dotnet_root PSModulePath=$work/modules POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
[[ $1 != pwsh ]] || set -- "$pwsh" "${@:2}"
exec "$@"
