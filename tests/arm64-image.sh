# Sourced by arm64.sh: Debian's arm64 system, its kernels and what they boot from, below $images.
# shellcheck shell=bash

export debian_architecture=arm64

# What the observer's root has beside the interpreter: what .NET wants (libstdc++6, libssl3, libicu72, zlib1g), the oracle, and an init.
root_packages=(base-files libc-bin dash bash coreutils util-linux mount grep sed tar xz-utils procps busybox-static gdb binutils python3.11 libpython3.11
    libstdc++6 libgcc-s1 libssl3 libicu72 zlib1g)
sid_packages=(python3.13 python3.14 python3.15)

# The kernels: name, suite, and the package that depends on the newest one.
kernels=("4k bookworm linux-image-arm64" "16k trixie linux-image-arm64-16k")

# What reaches the disk and the share, and tells of sockets: nothing in the machine loads more. In the order of what needs what, as far as the
# modules do not say it themselves; those that a kernel has built in are no files.
boot_modules=(crc32c_generic libcrc32c virtio_pci virtio_mmio virtio_blk ext4 9pnet_virtio 9p unix_diag tcp_diag udp_diag)

# make_root: the observer's root, with sid's interpreters in a root of its own at the place where the tests look for them.
make_root() {
    local root=$images/system sid state name version
    rm -rf "$root"
    state=$images/state-bookworm
    open_suite "$state" bookworm || { why_not "$state/update.log"; return 1; }
    unpack_packages "$state" "$root" "${root_packages[@]}" || { why_not "$state/install.log"; return 1; }
    [[ -e $root/bin/sh ]] || ln -s dash "$root/bin/sh"
    add_names "$state" "$root" python3.11-dbg
    add_names "$state" "$root" libc6-dbg
    mkdir -p "$root"/{etc,root,run,sys,share,published,var/tmp,cache/pythons/roots}
    printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n' > "$root/etc/passwd"
    printf 'root:x:0:\nnogroup:x:65534:\n' > "$root/etc/group"

    sid=$root/cache/pythons/roots/sid
    state=$images/state-sid
    open_suite "$state" sid || { why_not "$state/update.log"; return 1; }
    unpack_packages "$state" "$sid" "${sid_packages[@]}" || { why_not "$state/install.log"; return 1; }
    for name in "${sid_packages[@]}"; do
        version=$(private_apt "$state" apt-cache show --no-all-versions "$name" | awk '$1 == "Version:" { sub(/-.*/, "", $2); print $2 }')
        printf '%s\t%s\tsid\troots/sid\tusr/bin/%s\t-\t-\n' "$name" "$version" "$name"
    done > "$root/cache/pythons/pythons.tsv"
}

# add_names STATE ROOT PACKAGE: the separate debug files of a -dbg package; gdb compares names by them.
add_names() {
    local state=$1 root=$2 package=$3
    (cd "$state/cache" && private_apt "$state" apt-get -q download "$package") > "$state/download.log" 2>&1 || return 0
    dpkg-deb --fsys-tarfile "$state/cache/$package"_*.deb | tar -x -C "$root" --keep-directory-symlink --no-same-owner ./usr/lib/debug || true
    rm -f "$state/cache/$package"_*.deb
}

# make_kernel NAME SUITE PACKAGE: its image, uncompressed, and an initramfs with the modules that reach the disk and the share.
make_kernel() {
    local name=$1 suite=$2 package=$3 state=$images/state-$2 folder=$images/kernel-$1 real
    rm -rf "$folder"
    mkdir -p "$folder/unpacked"
    [[ -f $state/apt.conf ]] || open_suite "$state" "$suite" || { why_not "$state/update.log"; return 1; }
    # Installed it would bring what makes a Debian boot; only its files are wanted.
    real=$(private_apt "$state" apt-cache depends --important "$package" | awk '$1 == "Depends:" && $2 ~ /^linux-image-[0-9]/ { print $2; exit }')
    (cd "$folder" && private_apt "$state" apt-get -q download "$real") > "$state/download.log" 2>&1 || { why_not "$state/download.log"; return 1; }
    dpkg-deb --fsys-tarfile "$folder"/*.deb | tar -x -C "$folder/unpacked" --no-same-owner
    unpack_kernel "$folder"/unpacked/boot/vmlinuz-* "$folder/Image"
    make_initramfs "$folder" "$folder/initramfs"
    basename "$folder"/unpacked/boot/vmlinuz-* | sed 's/^vmlinuz-//' > "$folder/release"
    rm -rf "$folder/unpacked" "$folder"/*.deb
}

# A kernel is an image, such an image in gzip, or one in an EFI program that unpacks it (drivers/firmware/efi/libstub/zboot-header.S): "MZ", "zimg", offset and
# size of the packed image, and at 24 the name of the packer. QEMU before 8 cannot boot the last kind.
unpack_kernel() {
    local file=$1 image=$2 offset size packer
    if [[ $(od -An -c -j4 -N4 "$file" | tr -d ' ') == zimg ]]; then
        read -r offset size < <(od -An -tu4 -j8 -N8 "$file")
        packer=$(tail -c +25 "$file" | head -c 8 | tr -d '\0')
        tail -c "+$((offset + 1))" "$file" | head -c "$size" | case $packer in
            zstd*) zstd -dcq ;;
            xz*) xz -dcq ;;
            gzip) gzip -dcq ;;
        esac > "$image" || [[ -s $image ]]
    elif [[ $(od -An -tx1 -N2 "$file" | tr -d ' ') == 1f8b ]]; then
        gzip -dc "$file" > "$image"
    else
        cp "$file" "$image"
    fi
}

# Where a module is in the unpacked kernel; nothing if it is built in. (In file names "-" and "_" are the same.)
module_file() { find "$1/unpacked" -regextype posix-extended -regex ".*/$(sed 's/[-_]/[-_]/g' <<< "$2")\.ko(\.xz)?" -print -quit; }

# list_module FOLDER NAME: the module after all that it needs, each once.
list_module() {
    local folder=$1 name=$2 file needed one
    [[ " ${listed[*]} " != *" $name "* ]] || return 0
    listed+=("$name")
    file=$(module_file "$folder" "$name")
    [[ -n $file ]] || return 0
    [[ $file != *.xz ]] || { xz -dq "$file"; file=${file%.xz}; }
    needed=$(tr '\0' '\n' < "$file" | sed -n 's/^depends=//p' | tr ',-' ' _')
    for one in $needed; do list_module "$folder" "$one"; done
    printf '%02d-%s.ko\n' "$count" "$name" >> "$folder/order"
    cp "$file" "$folder/initial/modules/$(printf '%02d-%s.ko' "$count" "$name")"
    count=$((count + 1))
}

make_initramfs() {
    local folder=$1 initramfs=$2 count=0 name listed=()
    mkdir -p "$folder"/initial/{bin,dev,proc,sys,modules,disk}
    cp "$(find "$images/system" -path '*bin/busybox' -type f -print -quit)" "$folder/initial/bin/busybox"
    for name in "${boot_modules[@]}"; do list_module "$folder" "$name"; done
    cat > "$folder/initial/init" << 'INIT'
#!/bin/busybox sh
# Reaches the disk and gives way to what is there.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
for module in /modules/*; do $b insmod $module || echo "arm64: $module is not loaded"; done
tries=0
until [ -b /dev/vda ] || [ $tries -gt 200 ]; do $b usleep 50000; tries=$((tries + 1)); done
$b mount -t ext4 /dev/vda /disk || { echo "arm64: no disk"; $b poweroff -f; }
$b umount /proc
exec $b switch_root /disk /bin/busybox sh /arm64-guest.sh
INIT
    chmod 755 "$folder/initial/init"
    (cd "$folder/initial" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) | gzip -1 > "$initramfs"
    rm -rf "$folder/initial"
}

# make_disk FOLDER FILE SIZE: a file system with what is in a folder; nothing is mounted, and no rights are needed.
make_disk() {
    rm -f "$2"
    /sbin/mke2fs -q -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 -d "$1" "$2" "$3"
}
