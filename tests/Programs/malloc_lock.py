"""One thread holds the lock of malloc's only arena while it writes into a pipe that is full; another one waits for that lock.

glibc's malloc_stats() prints to stderr with the arena's lock held. MALLOC_ARENA_MAX=1 must be set.
"""
import ctypes
import fcntl
import os
import threading

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]


def allocate():
    while True:
        libc.free(libc.malloc(3000))  # more than a thread's own cache holds


reader, writer = os.pipe()
fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
try:
    while True:
        os.write(writer, b"x" * 4096)
except BlockingIOError:
    pass
fcntl.fcntl(writer, fcntl.F_SETFL, 0)
os.dup2(writer, 2)
threading.Thread(target=libc.malloc_stats, daemon=True).start()
allocate()
