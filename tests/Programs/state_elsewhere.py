"""Runs a function with the main thread's state, but in another OS thread: the ids in the state are those of a thread that only waits.

    state_elsewhere.py LIBRARY busy|asleep

LIBRARY is made of state_elsewhere.c.
"""
import ctypes
import sys
import time


def outer(how):
    inner(how)


def inner(how):
    print("ready", flush=True)
    while how == "busy":
        pass
    time.sleep(1000)


ctypes.PyDLL(sys.argv[1]).run_elsewhere(b"import sys; sys.modules['__main__'].outer(sys.argv[2])")
