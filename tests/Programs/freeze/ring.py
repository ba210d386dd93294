"""Threads that hand the GIL round in a ring, so that all of their tickets together say whether they are of one moment.

ring.py THREADS WAY [LIBRARY]. A thread adds THREADS to its "ticket" when its turn comes, and it comes in the order of the tickets: at any moment they are
THREADS numbers without a gap. Each thread waits at a depth of its own.
"""
import sys
import time

import habits
import work

try:
    import _thread as threads
except ImportError:
    import thread as threads

gates = []
turns = []  # each thread's last ticket


def member(me, depth, place, size):  # root
    tid = work.own_id()  # -> own_id
    step = me * work.STEPS
    descend(me, depth + 1, step, step, place % 9, place, size)  # -> descend


def descend(me, depth, step, had, togo, place, size):
    now = (step, 1)
    if togo:
        descend(me, depth + 1, step, now, togo - 1, place, size)  # 1 -> descend
    else:
        turn(me, depth + 1, place, size)  # 1 -> turn


def turn(me, depth, place, size):
    step = me * work.STEPS
    ticket = place
    entry = gates[place]
    exit = gates[(place + 1) % size]
    while True:
        entry.acquire()
        ticket += size
        turns[place] = ticket
        for habit in habits.HABITS[step % 6:step % 6 + 1] if size < 100 else (habits.leaf,):
            step += 1
            habit(me, depth + 1, step, step)  # -> alternate recurse generate unwind through_c change leaf
        step += 1
        holding_ticket(me, depth + 1, step, step)  # -> holding_ticket
        exit.release()
        step += 1
        habits.give(me, depth + 1, step, step)  # -> give


def holding_ticket(me, depth, step, had):  # one at a time
    now = (step, 1)


def main(count, way, library=None):
    size = int(count)
    work.prepare(way, library)
    for place in range(size):
        gate = threads.allocate_lock()
        gate.acquire()
        gates.append(gate)
        turns.append(0)
    for place in range(size):
        threads.start_new_thread(member, (work.FIRST + place, 0, place, size))
    gates[0].release()
    while not all(turns):
        time.sleep(0.001)
    work.watch(None)  # -> watch


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
