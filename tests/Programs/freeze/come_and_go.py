"""Threads that begin and end all the time: each does little and makes the next one.

come_and_go.py THREADS WAY [LIBRARY]
"""
import itertools
import sys

import habits
import work

try:
    import _thread as threads
except ImportError:
    import thread as threads

numbers = itertools.count(work.FIRST)


def short(me, depth):  # root
    tid = work.own_id()  # -> own_id
    step = me * work.STEPS
    for habit in habits.HABITS[me % 6:][:2]:
        step += 1
        habit(me, depth + 1, step, step)  # -> alternate recurse generate unwind through_c change
    succeed()  # -> succeed


def succeed():
    while True:
        try:
            threads.start_new_thread(short, (next(numbers), 0))
            return
        except RuntimeError:
            pass  # no room for a thread at this moment


def main(count, way, library=None):
    work.prepare(way, library)
    for _ in range(int(count)):
        succeed()  # -> succeed
    work.watch(None)  # -> watch


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
