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
workers = {}
if NEWER:
    # Its worker is made before there are other threads.
    import concurrent.futures
    import multiprocessing

    arguments = {"mp_context": multiprocessing.get_context("fork")} if sys.version_info >= (3, 7) else {}
    processes = concurrent.futures.ProcessPoolExecutor(1, **arguments)
    worker = processes.submit(os.getpid).result()
    workers["%d %d" % (worker, worker)] = {"kind": "Queue", "description": "work for an idle worker of a ProcessPoolExecutor"}


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

# -- written in C, without a frame
class Holder(object):
    def __init__(self, one):
        self.one = one

    def get(self):
        self.one.get()


if hasattr(queue, "SimpleQueue"):
    simple = queue.SimpleQueue()
    name = "queue.SimpleQueue (empty)"
    waiting("Queue", "get from " + name, simple.get, object="0x%x (_queue.SimpleQueue)" % id(simple), what="bound")
    other = queue.SimpleQueue()
    waiting("Queue", "get from " + name, lambda: other.get(), object="0x%x (_queue.SimpleQueue)" % id(other), what="global")
    third = queue.SimpleQueue()
    waiting("Queue", "get from " + name, Holder(third).get, object="0x%x (_queue.SimpleQueue)" % id(third), what="attribute")

# -- concurrent.futures
if NEWER:
    import concurrent.futures as futures

    pool = futures.ThreadPoolExecutor(2, "workers")
    begun = threading.Event()

    def working():
        begun.set()
        event.wait()

    running = pool.submit(working)
    begun.wait()
    lone = futures.Future()
    waiting("Future", "result() of %s (pending: nobody has begun it)" % at(lone), lone.result, object=of(lone))
    waiting("Future", "exception() of %s (pending: nobody has begun it)" % at(lone), lone.exception, 5000, object=of(lone), limit=5000)
    waiting("Future", "wait() for futures (2 of 2 not done)", futures.wait, [lone, running])
    waiting("Future", "as_completed() of futures (2 not done)", lambda: list(futures.as_completed([lone, running])))
    ids = {}
    two = threading.Barrier(3)

    def of_the_pool():
        ids[own_id()] = threading.current_thread().name
        two.wait()

    own_pool = futures.ThreadPoolExecutor(2, "of two")
    both = [own_pool.submit(of_the_pool) for _ in range(2)]
    two.wait()
    [one.result() for one in both]
    waits.update((one, dict(kind="Queue", description="work for an idle worker of of two", name="")) for one in ids)
    busy_pool = futures.ThreadPoolExecutor(1, "busy")
    busy_ids = []

    def busy():
        busy_ids.append(own_id())
        event.wait()

    busy_future = busy_pool.submit(busy)
    while not busy_ids:
        pass
    waiting("Future", "result() of %s (running in thread %d (busy_0))" % (at(busy_future), busy_ids[0]), busy_future.result, object=of(busy_future), holder=busy_ids[0])
    waiting("Join", "end of thread %d (busy_0), in shutdown() of concurrent.futures.thread.ThreadPoolExecutor" % busy_ids[0], busy_pool.shutdown, holder=busy_ids[0])

# -- imports
if NEWER:
    import importlib
    import tempfile

    folder = tempfile.mkdtemp()
    sys.path.insert(0, folder)
    with open(os.path.join(folder, "imported_slowly.py"), "w") as source:
        source.write("import threading, __main__\n__main__.importers.append(__main__.own_id())\n__main__.event.wait()\n")
    importers = []
    importer = threading.Thread(target=importlib.import_module, args=("imported_slowly",), name="importer")
    importer.daemon = True
    importer.start()
    while not importers:
        pass
    os.unlink(os.path.join(folder, "imported_slowly.py"))
    waiting("Import", "import of module `imported_slowly`, which thread %d (importer) imports" % importers[0], importlib.import_module, "imported_slowly", holder=importers[0])

# -- subprocess
import subprocess

CHILD = ["/bin/cat", "-"]
child = subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
waiting("Process", "end of child %d (/bin/cat -), sleeping" % child.pid, child.wait, process=child.pid)
if NEWER:
    second = subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    waiting("Process", "end of child %d (/bin/cat -), sleeping" % second.pid, second.wait, 5000, process=second.pid, limit=5000)
third_child = subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
feeding = third_child.stdin
third_child.stdin = None
waiting("Process", "output of child %d (/bin/cat -), sleeping: poll of 2 descriptors: " % third_child.pid, third_child.communicate, process=third_child.pid, begin=True)

# -- asyncio
if NEWER:
    import asyncio

    def loop_of(delay):
        loop = asyncio.new_event_loop()
        if delay:
            loop.call_later(delay, print)
        loop.run_forever()

    waiting("Select", "asyncio event loop (no task is ready): epoll of 1 descriptor", loop_of, None, begin=True)
    waiting("Select", "asyncio event loop (no task is ready, 1 callback scheduled, the next in ", loop_of, 5000, begin=True, limit=5000)

# -- multiprocessing: the children are made by fork, and wait for a pipe that this process has
import multiprocessing

shared = multiprocessing.get_context("fork") if hasattr(multiprocessing, "get_context") else multiprocessing
QUEUE = "multiprocessing.queues.Queue"
shared_lock = shared.Lock()
shared_lock.acquire()
NAME = "multiprocessing.synchronize.%s 0x%x"


def entered(one):
    with one:
        pass


waiting("Lock", "release() of %s, held by thread %d (MainThread)" % (NAME % ("Lock", id(shared_lock)), own_id()), entered, shared_lock, holder=own_id())
waiting("Lock", None, shared_lock.acquire, holder=own_id())
shared_semaphore = shared.Semaphore(0)
waiting("Semaphore", "release() of %s (value 0)" % (NAME % ("Semaphore", id(shared_semaphore))), entered, shared_semaphore)
shared_condition = shared.Condition()
waiting("Condition", "notify() of " + NAME % ("Condition", id(shared_condition)), locked, shared_condition)
shared_event = shared.Event()
waiting("Event", "set() of " + NAME % ("Event", id(shared_event)), shared_event.wait)
shared_queue = shared.Queue()
waiting("Queue", "get from %s (empty)" % QUEUE, shared_queue.get)
full_queue = shared.Queue(1)
full_queue.put(1)
waiting("Queue", "put into %s (full, 1 of 1)" % QUEUE, full_queue.put, 2)
joined = shared.JoinableQueue()
joined.put(1)
waiting("Queue", "join() of multiprocessing.queues.JoinableQueue (1 unfinished tasks)", joined.join)
read_end, write_end = os.pipe()


def in_child():
    os.close(write_end)
    os.read(read_end, 1)
    os._exit(0)


process = shared.Process(target=in_child, name="a child")
process.start()
waiting("Process", "end of child %d (" % process.pid, process.join, process=process.pid, begin=True)

# -- logging
import logging

handler = logging.FileHandler("/dev/null")
handler.acquire()
record = logging.makeLogRecord({"msg": "never written"})
waiting("RLock", "RLock of logging.FileHandler (/dev/null) 0x%x, held by thread %d (MainThread)" % (id(handler.lock), own_id()), handler.handle, record, holder=own_id())
if hasattr(logging, "_acquireLock"):
    logging._acquireLock()
    waiting("RLock", "RLock of logging 0x%x, held by thread %d (MainThread)" % (id(logging._lock), own_id()), logging.getLogger, "new", holder=own_id())

for wait in waits.values():
    wait.pop("name")
said = dict(workers, **{str(thread): wait for thread, wait in waits.items()})
print(json.dumps(said), flush=True) if NEWER else (print(json.dumps(said)), sys.stdout.flush())
sys.stdin.read()
for process_id in workers:
    os.kill(int(process_id.split()[0]), 9)
os._exit(0)
