"""A hundred threads with names of their own, each at a depth of its own."""
import os
import threading

import oracle

COUNT = 100


def dive(depth):
    if depth:
        dive(depth - 1)
    else:
        os.read(0, 1)


def worker(number):
    with open("/proc/self/task/%d/comm" % oracle.own_task(), "w") as comm:
        comm.write("worker-%d" % number)
    dive(number % 20)


oracle.start(blocked=COUNT + 1)
threads = [threading.Thread(target=worker, args=(number,)) for number in range(COUNT)]
for thread in threads:
    thread.start()
os.read(0, 1)
for thread in threads:
    thread.join()
