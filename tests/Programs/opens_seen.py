"""Tells which of the files in its arguments are opened: after each line on standard input it prints the names of those that were, since the last.

The kernel's inotify says so (inotify(7)); a file that is only found and not opened (O_PATH) is not told.
"""
import ctypes
import os
import struct
import sys

IN_OPEN = 0x20  # linux/inotify.h
IN_NONBLOCK = os.O_NONBLOCK

libc = ctypes.CDLL(None, use_errno=True)
watcher = libc.inotify_init1(IN_NONBLOCK)
names = {}
for path in sys.argv[1:]:
    number = libc.inotify_add_watch(watcher, os.fsencode(path), IN_OPEN)
    if number < 0:
        raise OSError(ctypes.get_errno(), path)
    names[number] = path

print("ready", flush=True)
for _ in sys.stdin:
    opened = set()
    try:
        while True:
            events = os.read(watcher, 65536)
            while events:
                number, _, _, length = struct.unpack("iIII", events[:16])
                opened.add(names[number])
                events = events[16 + length:]
    except BlockingIOError:
        pass
    print("opened " + " ".join(sorted(opened)), flush=True)
