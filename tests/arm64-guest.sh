# The init of the emulated machine that arm64.sh starts: runs the published tests and ends the machine. Everything it has to say goes to the share.
export PATH=/usr/bin:/usr/sbin HOME=/root LC_ALL=C
mount() { /bin/busybox mount "$@"; }
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs -o size=4g tmp /tmp # cores of free-threaded builds have 1 GB
mount -t tmpfs shm /dev/shm
mount -t 9p -o trans=virtio,version=9p2000.L share /share
mount -t ext4 -o ro /dev/vdb /published
/bin/busybox ip link set lo up 2> /dev/null
echo core > /proc/sys/kernel/core_pattern

# .NET: no culture data, and nothing is counted for a second compilation.
# W^X maps the JIT's memory twice; QEMU 7.2 then runs what was there before.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0 DOTNET_NOLOGO=1
export PYSTACK_CACHE=/cache PYSTACK_MODE_TABLE=/share/modes.tsv

{
    echo "kernel $(uname -r), pages of $(getconf PAGESIZE) bytes, $(nproc) processors"
    grep -m 1 Features /proc/cpuinfo
} > /share/machine 2>&1
cd /published/run || /bin/busybox poweroff -f
/bin/busybox sh /share/steps > /share/steps.log 2>&1
echo "$?" > /share/exit
/bin/busybox sync
/bin/busybox poweroff -f
