"""Threads that follow the habits for ever (see habits.py), and a main thread that waits for the end of its input.

work.py THREADS RUNNING WAY [LIBRARY]: RUNNING of the THREADS never rest, the others for two seconds after each habit.
"""
import os
import sys
import time

import habits
import handing

try:
    import _thread as threads
except ImportError:
    import thread as threads

FIRST = 1000
STEPS = 10 ** 9  # more than a thread ever does: no two threads have a step in common
shared = []  # each thread's step


def own_id():
    return int(os.readlink("/proc/thread-self").split("/")[-1])


def worker(me, depth, rest):  # root
    tid = own_id()  # -> own_id
    step = me * STEPS
    while True:
        for habit in habits.HABITS:
            step += 1
            shared[me % 1000] = step
            habit(me, depth + 1, step, step)  # -> alternate recurse generate unwind through_c change
            if rest:
                time.sleep(rest)


def prepare(way, library):
    # The observer's two threads spin while they look: on two processors nothing else would run meanwhile. tests/freeze.sh gives them one.
    os.sched_setaffinity(0, range(os.cpu_count()))
    habits.hand_on = handing.way(way, library)
    threads.stack_size(256 << 10)


def start(count, running, first):
    shared.extend([0] * count)
    # Those that run from the first to the last keep others from being started.
    for i in reversed(range(count)):
        threads.start_new_thread(worker, (first + i, 0, 0 if i < running else 2))


def watch(shared):
    sys.setswitchinterval(1e-6)
    os.write(1, b"ready\n")
    os.read(0, 1)
    os._exit(0)


def main(count, running, way, library=None):
    prepare(way, library)
    start(int(count), int(running), FIRST)
    while not all(shared):
        time.sleep(0.001)
    watch(shared)  # -> watch


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
