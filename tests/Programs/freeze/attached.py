"""Threads of C that call a Python function again and again, each time with a new thread state, beside two that Python has made.

attached.py THREADS WAY LIBRARY
"""
import ctypes
import sys

import habits
import work

try:
    import _thread as threads
except ImportError:
    import thread as threads

steps = {}


def called_from_c(me):  # root
    tid = work.own_id()  # -> own_id
    depth = 0
    step = steps.get(me, me * work.STEPS) + 1
    steps[me] = step
    habits.HABITS[step % 6](me, depth + 1, step, step)  # -> alternate recurse generate unwind through_c change


def main(count, way, library):
    work.prepare(way, library)
    work.start(2, 2, work.FIRST)
    attach = ctypes.PyDLL(library).freeze_attach
    attach.argtypes = [ctypes.py_object, ctypes.c_long, ctypes.c_int]
    if attach(called_from_c, work.FIRST + 500, int(count)):
        sys.exit(1)
    work.watch(None)  # -> watch


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
