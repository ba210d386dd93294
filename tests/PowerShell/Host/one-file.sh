#!/bin/sh
# Runs the one file in a root that has nothing but it, libc and what .NET needs, beside a Python process that lives outside of that root.
#
#   one-file.sh ROOT PROGRAM COMMAND...
#
# ROOT holds /pystack-host. Runs in PID and mount namespaces of its own, and all of it ends with them. After the commands, which root runs with a home directory,
# the file is started as other users and with other homes: "start" and what it was started with, as it sees it.
set -e
PATH=$PATH:/usr/sbin:/sbin
root=$1
program=$2
shift 2
# As in a container: PowerShell's drives are mounts.
mount --bind "$root" "$root"
mkdir -p "$root/proc" "$root/tmp" "$root/dev" "$root/read-only"
chmod 1777 "$root/tmp"
mount -t tmpfs -o ro tmpfs "$root/read-only"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

# libc with its loader, and what .NET's own libraries are linked with (the program itself carries .NET).
cc=$(ldconfig -p | sed -n 's/.*[(]libc6,x86-64[^)]*[)] => //p; s/.*[(]libc6,AArch64[^)]*[)] => //p')
for library in libc.so.6 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1 libgcc_s.so.1 libstdc++.so.6; do
    path=$(printf '%s\n' "$cc" | grep "/$library\$" | head -n 1)
    mkdir -p "$root$(dirname "$path")"
    cp -L "$path" "$root$path"
done
loader=$(ldd "$root/pystack-host" | sed -n 's/^\s*\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p')
mkdir -p "$root$(dirname "$loader")"
cp -L "$loader" "$root$loader"

mkfifo "$root/ready"
python3 "$program" > "$root/ready" &
target=$!
read -r line < "$root/ready"
[ "$line" = ready ]
echo "files: $(find "$root" -xdev -type f -not -path '*/proc/*' -not -path '*/dev/*' -printf '%f ')"
for command in "$@"; do
    chroot "$root" /pystack-host "$(printf "%s" "$command" | sed "s/TARGET/$target/g")" || echo "exit code $?" >&2
done

# There is no /etc/passwd: no user has an account.
for user in 0 12345; do
    export DOTNET_BUNDLE_EXTRACT_BASE_DIR="/tmp/$user"
    for home in "" /tmp/home-$user /read-only; do
        if [ -n "$home" ]; then export HOME="$home"; else unset HOME; fi
        chroot --userspec="$user:$user" "$root" /pystack-host "\"start $user $home \$((Get-Process -Id \$PID).Name) \$((Get-Command Get-PyStack).Source)\""
    done
done
ln -s /pystack-host "$root/pwsh"
chroot "$root" /pwsh -NoProfile -Command '"called $((Get-Process -Id $PID).Name)"'
