# coding: utf-8
"""Threads and, where there is asyncio, tasks that wait in many ways, for cores that are saved of them. Says "ready" when all of them do, and ends by a signal.

    saved.py [MORE]

MORE threads sleep beside them.
"""
import os
import socket
import sys
import threading
import time

try:
    import queue
except ImportError:
    import Queue as queue

PASSWORD = "hunter2-in-a-global"
first, second, party = threading.Lock(), threading.RLock(), threading.Event()
left, right = socket.socketpair()
arrived = []


def arrive():
    arrived.append(threading.current_thread().name)


def takes_first(password, number):
    text = "a value of %d" % number
    with first:
        arrive()
        party.wait()
        with second:
            return text, password


def takes_second():
    with second:
        arrive()
        party.wait()
        with first:
            pass


def receives(size):
    arrive()
    right.recv(size)


def gets():
    empty = queue.Queue()
    arrive()
    empty.get()


def handles():
    try:
        {}["missing"]
    except KeyError:
        arrive()
        time.sleep(100000)


def sleeps():
    arrive()
    time.sleep(100000)


def generator():
    arrive()
    yield time.sleep(100000)


def generates():
    return list(generator())


def is_asleep(task):
    try:
        with open("/proc/self/task/%s/stat" % task) as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "S"
    except (IOError, OSError):
        return True


def say_ready(count):
    while len(arrived) < count:
        time.sleep(0.001)
    party.set()
    own = os.readlink("/proc/thread-self").rsplit("/", 1)[1]
    streak = 0
    while streak < 3:
        time.sleep(0.02)
        streak = streak + 1 if all(is_asleep(task) for task in os.listdir("/proc/self/task") if task != own) else 0
    os.write(1, b"ready\n")
    time.sleep(100000)


def start(name, function, *arguments):
    thread = threading.Thread(target=function, name=name, args=arguments)
    thread.daemon = True
    thread.start()


def main():
    more = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    start("takes-first", takes_first, "s3cret-of-a-variable", 7)
    start("takes-second", takes_second)
    start("receives", receives, 10)
    start("gets", gets)
    start("handles", handles)
    start("generates", generates)
    for i in range(more):
        start("sleeps-%d" % i, sleeps)
    start("ready", say_ready, 6 + more)
    if sys.version_info < (3, 6):
        time.sleep(100000)
    import saved_tasks
    saved_tasks.run()


main()
