"""Forks all the time beside threads that run; a child that lives longer runs threads of its own, forks as well, and says its id.

forks.py THREADS WAY [LIBRARY]. Not by a lock: who holds it is not there any more in a child.
"""
import os
import sys

import work

try:
    import _thread as threads
except ImportError:
    import thread as threads


def fork(me, depth):
    child = os.fork()
    if child == 0:
        ended(me, depth + 1)  # -> ended
    os.waitpid(child, 0)


def ended(me, depth):
    os._exit(0)


def forks(me, depth):  # root
    tid = work.own_id()  # -> own_id
    while True:
        fork(me, depth + 1)  # -> fork


def run(count):
    work.start(count, count, work.FIRST)
    threads.start_new_thread(forks, (work.FIRST + 900, 0))


def main(count, way, library=None):
    work.prepare(way, library)
    end_of_child, end_of_parent = os.pipe()
    run(int(count))
    child = os.fork()
    if child == 0:
        os.close(end_of_parent)
        del work.shared[:]
        run(int(count))
        sys.setswitchinterval(1e-6)
        os.write(1, b"%d\n" % os.getpid())
        os.read(end_of_child, 1)
        os._exit(0)
    work.watch(None)  # -> watch


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
