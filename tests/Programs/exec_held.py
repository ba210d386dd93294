"""Holds a process in the middle of an exec, as a disk does that does not answer: exec_held.py FILE THREADS.

The child has THREADS threads that wait. On the line "exec" one more thread of it executes FILE, whose first read fanotify(7) holds back: "held". On the
line "allow" it goes on. Prints the child's id first, or "none" where fanotify may not hold anything.
"""
import ctypes
import os
import struct
import sys
import threading

# linux/fanotify.h
FAN_CLOEXEC, FAN_CLASS_CONTENT, FAN_MARK_ADD, FAN_ACCESS_PERM, FAN_ALLOW = 1, 4, 1, 0x20000, 1
AT_FDCWD = -100


def say(text):
    os.write(1, (text + "\n").encode())


def child(file, threads, order):
    never = threading.Event()
    for _ in range(threads):
        threading.Thread(target=never.wait, daemon=True).start()
    # Made before anybody looks: a thread whose parent is seized stands still at first.
    thread = threading.Thread(target=execute, args=(file, order))
    thread.start()
    say(str(os.getpid()))
    thread.join()


def execute(file, order):
    os.read(order, 1)
    os.execv(file, [file, "executed"])


def answer(events):
    while True:
        event = os.read(events, 4096)
        while event:
            length, _, _, _, _, descriptor, _ = struct.unpack_from("IBBHQii", event)
            yield descriptor
            os.write(events, struct.pack("iI", descriptor, FAN_ALLOW))
            os.close(descriptor)
            event = event[length:]


def main():
    file, threads = sys.argv[1], int(sys.argv[2])
    libc = ctypes.CDLL(None, use_errno=True)
    events = libc.fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, os.O_RDONLY)
    mark = [ctypes.c_int(events), ctypes.c_uint(FAN_MARK_ADD), ctypes.c_uint64(FAN_ACCESS_PERM), ctypes.c_int(AT_FDCWD), file.encode()]
    if events < 0 or libc.fanotify_mark(*mark) != 0:
        say("none")
        return
    ordered, order = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(order)
        child(file, threads, ordered)
    sys.stdin.readline()
    os.write(order, b"x")
    held = answer(events)
    next(held)
    say("held")
    sys.stdin.readline()
    threading.Thread(target=list, args=(held,), daemon=True).start()
    os.waitpid(pid, 0)


main()
