"""Calls functions of a native library, which call back: there each of them waits.

The arguments are the library's path, and then for each call a function's name and a number for it. The last call is the main thread's;
each one before it has a thread of its own, and is at its place when the next one begins.
"""
import ctypes
import os
import sys
import threading

import oracle

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


def called(n):
    os.read(0, 1)
    return n


LIBRARY = ctypes.CDLL(sys.argv[1])
CALLED = CALLBACK(called)


def leave(function, number):
    getattr(LIBRARY, function)(CALLED, number)


def waiting():
    return sum(oracle.is_reading(task) for task in os.listdir("/proc/self/task"))


calls = [(sys.argv[i], int(sys.argv[i + 1])) for i in range(2, len(sys.argv), 2)]
for i, call in enumerate(calls[:-1]):
    threading.Thread(target=leave, args=call, name=call[0]).start()
    oracle.wait_until(lambda: waiting() == i + 1)
oracle.start(blocked=len(calls))
leave(*calls[-1])
