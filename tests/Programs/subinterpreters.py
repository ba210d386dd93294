"""The main thread and one more run code in an interpreter of their own each, and wait there."""
import os
import threading
import time

import oracle

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters

CODE = """
import os

def inner():
    os.read(0, 1)

inner()
"""


def nested():
    interpreters.run_string(interpreters.create(), CODE)


def waits(task):
    while not oracle.is_reading(task):
        time.sleep(0.01)


def watch():
    other = threading.Thread(target=nested, name="nested")
    waits(os.getpid())
    other.start()
    while sum(oracle.is_reading(task) for task in os.listdir("/proc/self/task")) < 2:
        time.sleep(0.01)
    tasks = [int(task) for task in os.listdir("/proc/self/task") if oracle.is_reading(task)]
    tasks.remove(os.getpid())
    os.write(1, ("%d\n" % tasks[0]).encode())


watcher = threading.Thread(target=watch)
watcher.start()
nested()
