"""Threads that wait in different functions of the C library, each called from a function of its own."""
import os
import queue
import select
import socket
import subprocess
import sys
import threading
import time

import oracle

READ_END, WRITE_END = os.pipe()
OURS, THEIRS = socket.socketpair()
CHILD = subprocess.Popen(["sh", "-c", "read line"])
LOCK = threading.Lock()
LOCK.acquire()


def in_lock():
    LOCK.acquire()


def in_timed_lock():
    LOCK.acquire(timeout=1000)


def in_queue():
    queue.Queue().get()


def in_sleep():
    time.sleep(1000)


def in_select():
    select.select([READ_END], [], [])


def in_poll():
    poll = select.poll()
    poll.register(READ_END, select.POLLIN)
    poll.poll()


def in_read():
    os.read(READ_END, 1)


def in_recv():
    OURS.recv(1)


def in_wait():
    os.waitpid(CHILD.pid, 0)


def key(number):
    if number == 3:
        time.sleep(1000)
    return number


def in_sort():
    sorted([1, 2, 3], key=key)


WAITS = [in_lock, in_timed_lock, in_queue, in_sleep, in_select, in_poll, in_read, in_recv, in_wait, in_sort]
for wait in WAITS:
    threading.Thread(target=wait, name=wait.__name__, daemon=True).start()


def are_waiting():
    frames = sys._current_frames()
    return all(frames[thread.ident].f_code.co_name in (thread.name, "wait", "key") for thread in threading.enumerate() if thread.name.startswith("in_"))


oracle.start(blocked=1, also=are_waiting)
os.read(0, 1)
