"""Threads whose functions take known parts of the time, by what the program itself measures.

Each thread calls its functions in turn. `begin` on standard input sets the sums to zero, `end` prints them as JSON: for each thread and function the seconds by the clock, and those on a processor. What a function has taken
so far counts as well. Arguments: the names of the threads."""

import gc
import hashlib
import json
import sys
import threading
import time
import zlib

clock = time.perf_counter
DATA = bytes(range(256)) * 800


def spin(n):
    total = 0
    for i in range(n):
        total += i
    return total


def half():
    spin(10000)


def third():
    spin(6000)


def sixth():
    spin(3000)


def rest():
    spin(1000)


def summing():
    sum(range(60000))


def hashing():
    hashlib.sha256(DATA).digest()


def packing():
    zlib.compress(DATA * 2, 1)


def asleep():
    time.sleep(0.004)


def naps():
    for _ in range(10):
        time.sleep(0.0001)


def digits(n):
    for i in range(n):
        yield i % 10


def generating():
    return sum(digits(8000))


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def recursing():
    fib(14)


def tiny():
    pass


def calling():
    for _ in range(4000):
        tiny()


class Node:
    pass


def littering():
    nodes = []
    for _ in range(3000):
        one = Node()
        one.itself = one
        nodes.append(one)


def collecting():
    gc.collect()


def reading():
    with open("/proc/self/maps", "rb") as maps:
        while maps.read(4096):
            pass


THREADS = {
    "four": [half, third, sixth, rest],
    "native": [summing, hashing, packing, half],
    "sleeps": [asleep, half, naps],
    "calls": [generating, recursing, calling],
    "garbage": [littering, collecting],
    "files": [reading, third],
}


def ran():
    return time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)


def ran_by(thread):
    """The same of another thread; 3.6 cannot tell."""
    return time.clock_gettime(time.pthread_getcpuclockid(thread)) if hasattr(time, "pthread_getcpuclockid") else None


def work(name):
    functions = THREADS[name]
    sums = {function.__name__: (0.0, 0.0) for function in functions}
    before, ran_before = clock(), ran()
    while not done:
        for function in functions:
            states[name] = (function.__name__, before, ran_before, dict(sums), threading.get_ident())
            function()
            now, ran_now = clock(), ran()
            wall, run = sums[function.__name__]
            sums[function.__name__] = (wall + now - before, run + ran_now - ran_before)

            # What it takes to keep these sums, and to wait for the GIL meanwhile, is no function's.
            before, ran_before = clock(), ran_now


def look():
    found = {}
    for name, (function, before, ran_before, sums, thread) in list(states.items()):
        wall, run = sums[function]
        ran_now = ran_by(thread)
        sums[function] = (wall + clock() - before, run + (0 if ran_now is None else ran_now - ran_before))
        found[name] = sums
    return found


done = False
gc.disable()
states = {}
threads = [threading.Thread(target=work, args=(name,), name=name) for name in sys.argv[1:]]
for thread in threads:
    thread.start()
while len(states) < len(threads):
    time.sleep(0.001)
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "begin":
        start = look()
        print("begun", flush=True)
    elif line.strip() == "end":
        print(json.dumps({name: {f: [sums[f][i] - start[name][f][i] for i in (0, 1)] for f in sums} for name, sums in look().items()}), flush=True)
done = True
for thread in threads:
    thread.join()
