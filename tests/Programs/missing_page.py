"""Memory that nobody fills: a region under userfaultfd(2) without anyone who serves it. Prints its address; a read of it never comes back."""
import ctypes
import fcntl
import mmap
import struct
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
SYS_userfaultfd = 323  # asm/unistd_64.h
UFFDIO_API, UFFDIO_REGISTER = 0xC018AA3F, 0xC020AA00  # linux/userfaultfd.h
UFFD_API, UFFDIO_REGISTER_MODE_MISSING = 0xAA, 1

descriptor = libc.syscall(SYS_userfaultfd, 0o2000000)
if descriptor < 0:
    print("none", flush=True)
    sys.exit()
fcntl.ioctl(descriptor, UFFDIO_API, bytearray(struct.pack("QQQ", UFFD_API, 0, 0)))
region = mmap.mmap(-1, 65536)
address = ctypes.addressof(ctypes.c_char.from_buffer(region))
fcntl.ioctl(descriptor, UFFDIO_REGISTER, bytearray(struct.pack("QQQQ", address, 65536, UFFDIO_REGISTER_MODE_MISSING, 0)))
print(address, flush=True)
sys.stdin.readline()
