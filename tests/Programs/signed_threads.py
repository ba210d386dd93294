"""Threads of known stacks that all sleep in the kernel, each in another way. Prints a line before the last one does."""
import os
import select
import sys
import threading
import time

event = threading.Event()
lock = threading.Lock()


def sleeper(number=3):
    return sleeper(number - 1) if number else time.sleep(3600)


def waiter():
    def key(item):
        event.wait()

    sorted([1], key=key)


def locker():
    lock.acquire()


def poller():
    poll = select.poll()
    poll.register(0)
    return [poll.poll() for _ in range(1)]


def reader():
    return max(map(lambda descriptor: os.read(descriptor, 1), [read_end]))


read_end, write_end = os.pipe()
read_zero, write_zero = os.pipe()
os.dup2(read_zero, 0)
lock.acquire()
for function in (sleeper, waiter, locker, poller):
    threading.Thread(target=function, name=function.__name__, daemon=True).start()
sys.stdout.write("started\n")
sys.stdout.flush()
reader()
