"""Pools of processes, a manager, and the end of the interpreter. Prints one line of JSON: by process and thread id what it waits for, as the program knows it."""
from __future__ import print_function
import json
import multiprocessing
import os
import signal
import sys
import threading

NEWER = sys.version_info[0] > 2
shared = multiprocessing.get_context("fork") if NEWER else multiprocessing
waits = {}
read_end, write_end = os.pipe()


def own_id():
    return int(os.readlink("/proc/thread-self").split("/")[-1])


def say(process_id, thread_id, kind, description, **more):
    waits["%d %d" % (process_id, thread_id)] = dict(more, kind=kind, description=description)


def waiting(kind, description, function, *arguments, **more):
    def run():
        say(os.getpid(), own_id(), kind, description, **more)
        ready.set()
        function(*arguments)
    ready = threading.Event()
    thread = threading.Thread(target=run)
    thread.daemon = True
    thread.start()
    ready.wait()


def reads():
    return os.read(read_end, 1)


def nothing():
    return os.getpid()


# All children are there before the first thread of this program's own.
manager = shared.Manager()
pool = shared.Pool(1)
idle_pool = shared.Pool(1)
idle = idle_pool.apply(nothing)
say(idle, idle, "Queue", "work for an idle worker of a multiprocessing.Pool", process=os.getpid())
result = pool.apply_async(reads)
waiting("Future", "result of multiprocessing.pool.%s 0x%x" % (type(result).__name__, id(result)), result.get, object="0x%x (multiprocessing.pool.%s)" % (id(result), type(result).__name__))
mapped = pool.map_async(abs, [1, 2, 3], chunksize=1)
waiting("Future", "result of multiprocessing.pool.MapResult 0x%x (3 left)" % id(mapped), mapped.get)
if NEWER:
    lazy = pool.imap(abs, [1])
    waiting("Future", "result of multiprocessing.pool.IMapIterator 0x%x" % id(lazy), next, lazy)
of_manager = manager.Queue()
waiting("Socket", "reply of the manager to get of multiprocessing.managers.AutoProxy[Queue]", of_manager.get, process=manager._process.pid)


def ends():
    said = dict(waits)
    said["%d %d" % (os.getpid(), os.getpid())] = {
        "kind": "Join", "description": "end of thread %d (reads the input), at the end of the interpreter" % own_id(), "holder": own_id()}
    print(json.dumps(said))
    sys.stdout.flush()
    os.read(0, 1)
    for child in multiprocessing.active_children():
        os.kill(child.pid, signal.SIGKILL)
    os._exit(0)


last = threading.Thread(target=ends, name="reads the input")
last.daemon = False
last.start()
