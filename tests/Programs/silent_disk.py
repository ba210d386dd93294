"""Reads a file of a FUSE file system whose daemon never answers a read. Prints the file's name when the daemon has the request, or an empty line if the file system cannot be mounted.

The daemon is a child, and speaks the kernel's protocol (linux/fuse.h) itself. The mount ends with the daemon.
"""
import ctypes
import os
import struct
import sys

FOLDER = sys.argv[1]
FILE = FOLDER + "/file"
LIBC = ctypes.CDLL(None, use_errno=True)
LOOKUP, FORGET, GETATTR, OPEN, READ, FLUSH, RELEASE, INIT, INTERRUPT = 1, 2, 3, 14, 15, 25, 18, 26, 36


def attributes(node):
    return struct.pack("<6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755 if node == 1 else 0o100644, 1, 0, 0, 0, 4096, 0)


def serve(device, started):
    while True:
        request = os.read(device, 1 << 18)
        _, operation, unique, node = struct.unpack_from("<IIQQ", request)
        if operation in (FORGET, INTERRUPT):
            continue
        if operation == READ:
            os.write(started, b"r")
            continue
        answer = {
            INIT: lambda: struct.pack("<4I2H2I", 7, 31, 65536, 0, 0, 0, 65536, 1) + bytes(32),
            LOOKUP: lambda: struct.pack("<4Q2I", 2, 0, 0, 0, 0, 0) + attributes(2),
            GETATTR: lambda: struct.pack("<Q2I", 0, 0, 0) + attributes(node),
            OPEN: lambda: struct.pack("<Q2I", 1, 1, 0),
            FLUSH: bytes,
            RELEASE: bytes,
        }.get(operation)
        answer = answer() if answer else None
        os.write(device, struct.pack("<IiQ", 16 + len(answer or b""), 0 if answer is not None else -38, unique) + (answer or b""))


device = os.open("/dev/fuse", os.O_RDWR)
if LIBC.mount(b"silent", FOLDER.encode(), b"fuse", 0, ("fd=%d,rootmode=40000,user_id=0,group_id=0" % device).encode()) != 0:
    print(flush=True)
    sys.exit()

started, has_started = os.pipe()
daemon = os.fork()
if daemon == 0:
    serve(device, has_started)
os.close(device)
watcher = os.fork()
if watcher == 0:
    # Says when the read has begun, and ends the daemon and with it the read when the tests are done.
    os.read(started, 1)
    print(FILE, flush=True)
    sys.stdin.read()
    LIBC.umount2(FOLDER.encode(), 2)
    os.kill(daemon, 9)
    os._exit(0)
try:
    os.read(os.open(FILE, os.O_RDONLY), 1)
except OSError:
    pass
