# coding: utf-8
"""Each thread waits for one object of the standard library. Prints one line of JSON: by thread id what it waits for, as the program knows it."""
from __future__ import print_function
import json
import os
import sys
import threading

try:
    import queue
except ImportError:
    import Queue as queue

NEWER = sys.version_info[0] > 2
waits = {}
kept = []


def own_id():
    return int(os.readlink("/proc/thread-self").split("/")[-1])


def at(one):
    return "%s.%s 0x%x" % (type(one).__module__ if NEWER else one.__class__.__module__, one.__class__.__name__, id(one))


def of(one):
    """As the objects have it."""
    kind, address = at(one).split()
    return "%s (%s)" % (address, kind)


def waiting(kind, description, function, *arguments, **more):
    """A thread that says what it will wait for, and then does."""
    def run():
        waits[own_id()] = dict(more, kind=kind, description=description, name=threading.current_thread().name)
        ready.set()
        function(*arguments)
    ready = threading.Event()
    thread = threading.Thread(target=run, name=more.pop("name", None))
    thread.daemon = True
    thread.start()
    ready.wait()
    thread.id = [one for one, wait in waits.items() if wait["name"] == thread.name][0]
    return thread


def locked(condition, *arguments):
    with condition:
        condition.wait(*arguments)


# -- threading
condition = threading.Condition()
waiting("Condition", "notify() of " + at(condition), locked, condition, object=of(condition))
plain = threading.Condition(threading.Lock())
waiting("Condition", "notify() of " + at(plain), locked, plain, object=of(plain))
timed = threading.Condition()
waiting("Condition", "notify() of " + at(timed), locked, timed, 5000, object=of(timed), limit=5000)
event = threading.Event()
first = waiting("Event", "set() of " + at(event), event.wait, object=of(event), name="an \u00e9vent\x1b" if NEWER else "event")
timed_event = threading.Event()
waiting("Event", "set() of " + at(timed_event), timed_event.wait, 5000, object=of(timed_event), limit=5000)
semaphore = threading.Semaphore(0)
waiting("Semaphore", "release() of %s (value 0)" % at(semaphore), semaphore.acquire, object=of(semaphore))
bounded = threading.BoundedSemaphore(3)
for _ in range(3):
    bounded.acquire()
waiting("Semaphore", "release() of %s (value 0 of 3)" % at(bounded), bounded.acquire, object=of(bounded))
if NEWER:
    barrier = threading.Barrier(3)
    waiting("Barrier", "all threads at %s (2 of 3 threads have come)" % at(barrier), barrier.wait, object=of(barrier))
    waiting("Barrier", "all threads at %s (2 of 3 threads have come)" % at(barrier), barrier.wait, object=of(barrier))
waiting("Join", "end of thread %d (%s)" % (first.id, first.name.replace("\x1b", "\\x1b")), first.join, object=of(first), holder=first.id)
waiting("Join", "end of thread %d (%s)" % (first.id, first.name.replace("\x1b", "\\x1b")), first.join, 5000, object=of(first), holder=first.id, limit=5000)


def in_time():
    pass


timer = threading.Timer(5000, in_time)
timer.daemon = True
timer.start()

# -- queue
empty = queue.Queue(10)
waiting("Queue", "get from %s (empty, 0 of 10)" % at(empty).split()[0], empty.get, object=of(empty))
unbounded = queue.Queue()
waiting("Queue", "get from %s (empty, 0)" % at(unbounded).split()[0], unbounded.get, True, 5000, object=of(unbounded), limit=5000)
full = queue.LifoQueue(2)
full.put(1)
full.put(2)
waiting("Queue", "put into %s (full, 2 of 2)" % at(full).split()[0], full.put, 3, object=of(full))
waiting("Queue", "join() of %s (2 unfinished tasks)" % at(full).split()[0], full.join, object=of(full))
ordered = queue.PriorityQueue(1)
waiting("Queue", "get from %s (empty, 0 of 1)" % at(ordered).split()[0], ordered.get, object=of(ordered))


class Own(queue.Queue):
    pass


own = Own(3)
waiting("Queue", "get from %s (empty, 0 of 3)" % at(own).split()[0], own.get, object=of(own))

for wait in waits.values():
    wait.pop("name")
said = {str(thread): wait for thread, wait in waits.items()}
print(json.dumps(said), flush=True) if NEWER else (print(json.dumps(said)), sys.stdout.flush())
sys.stdin.read()
os._exit(0)
