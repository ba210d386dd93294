"""A fork in C that Python is not told of: nobody calls PyOS_AfterFork_Child, as in uWSGI's workers, MPI launchers and servers that embed Python.

    native_fork.py main|thread|deep|raw|started

From the main thread, from another one, three times over, by the system call without the C library, and in a child that then starts a thread of its own.
Prints the innermost child's id.
"""
import ctypes
import os
import platform
import sys
import threading

mode = sys.argv[1]
reading, writing = os.pipe()
library = ctypes.PyDLL(None)  # the lock is held over the call, as in an extension


def fork():
    if mode != "raw":
        return library.fork()
    # asm/unistd_64.h: fork; aarch64 has clone alone, whose first argument is SIGCHLD then
    return library.syscall(57) if platform.machine() == "x86_64" else library.syscall(220, 17, 0, 0, 0, 0)


def rest():
    """Until all other threads are in read(2): one that takes the lock at the moment of a fork holds it in the child for ever."""
    for task in os.listdir("/proc/self/task"):
        while int(task) != own and not syscall(task).startswith(("0 ", "63 ")):  # x86-64, aarch64
            pass


def syscall(task):
    with open("/proc/self/task/%s/syscall" % task) as text:
        return text.read()


def background():
    os.write(writing, b".")
    os.read(0, 1)


def start(function):
    thread = threading.Thread(target=function)
    thread.daemon = True
    thread.start()
    os.read(reading, 1)


def in_child():
    if mode == "started":
        start(background)
    sys.stdout.write("%d\n" % os.getpid())
    sys.stdout.flush()
    os.read(0, 1)
    os._exit(0)


def from_here():
    global own
    own = library.gettid()
    rest()
    for _ in range(3 if mode == "deep" else 1):
        if fork() != 0:
            return
    in_child()


def from_thread():
    from_here()
    background()


for _ in range(2):
    start(background)
if mode == "thread":
    start(from_thread)
else:
    from_here()
os.read(0, 1)
os._exit(0)
