"""A Python program to take stacks of, optionally with the gap meter inside.

    gaptarget.py [--threads N] [--depth D] [--busy | --running N] [--switch S]
                 [--ballast MB] [--gap FILE] [--ticks FILE] [--ready FILE]

N threads (1: the main thread alone) each recurse D frames deep and then sleep,
or compute: with --busy all of them, with --running N the main thread and N - 1
others. They begin once all threads have arrived, so that the start takes no
longer. Every frame has ten variables of ordinary types. The main thread is the
last to take the GIL before it is idle: that thread is always alive. --switch
sets the interpreter's switch interval, in seconds. --ballast fills the
interpreter's heap with about MB megabytes of small objects first: some tools
copy whole memory areas. --gap starts the gap meter's native thread first; its
report lines go to FILE. --ticks: the threads that compute read the clock in
every turn of their loop, and the gaps go to FILE (see gapmeter.c). --ready:
FILE is created, with the process id in it, once every thread is in its
innermost frame. Runs on Python 3.6 and newer; ends on SIGTERM or SIGINT.
"""
import argparse
import ctypes
import os
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Gauge(object):
    """An object with attributes, for the tools that show locals."""

    def __init__(self, name):
        self.name = name
        self.readings = [1, 2, 3]


class Program(object):
    """What the threads share: who computes, and when they may begin."""

    def __init__(self, threads, running, tick, ready):
        self.threads = threads
        self.running = running
        self.tick = tick
        self.ready = ready
        self.arrived = threading.Semaphore(0)
        self.begin = threading.Lock()
        self.begin.acquire()

    def announce(self):
        """Called by the main thread in its innermost frame."""
        for _ in range(self.threads - 1):
            self.arrived.acquire()
        time.sleep(0.2)                            # from the release to the sleep
        self.begin.release()
        if self.ready:
            with open(self.ready + ".part", "w") as file:
                file.write("%d\n" % os.getpid())
            os.rename(self.ready + ".part", self.ready)


def rest(number, program):
    """The innermost frame."""
    if number == 0:
        program.announce()
    else:
        program.arrived.release()
    if number >= program.running:
        while True:
            time.sleep(3600)
    with program.begin:
        pass
    x = 0
    if program.tick is None:
        while True:
            x = (x * 1103515245 + 12345) % 2147483648
    tick = program.tick
    while True:
        x = (x * 1103515245 + 12345) % 2147483648
        tick()


def descend(left, thread, program):
    number = left * 1000
    ratio = left / 7.0
    text = "level %d" % left
    items = list(range(10))
    table = {"left": left, "text": text, "none": None}
    gauge = Gauge(text)
    flag = left % 2 == 0
    if left <= 1:
        rest(thread, program)
    else:
        descend(left - 1, thread, program)
    return number, ratio, items, table, gauge, flag


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--depth", type=int, default=10,
                        help="Python frames per thread below its entry, the innermost included")
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--running", type=int, default=0, metavar="N")
    parser.add_argument("--switch", type=float, default=0, metavar="S")
    parser.add_argument("--ballast", type=int, default=0, metavar="MB")
    parser.add_argument("--gap", metavar="FILE")
    parser.add_argument("--ticks", metavar="FILE")
    parser.add_argument("--ready", metavar="FILE")
    args = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    path = os.environ.get("GAPMETER", os.path.join(HERE, "libgapmeter.so"))
    library = tick = None
    if args.gap:
        library = ctypes.CDLL(path)
        fd = os.open(args.gap, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if library.gapmeter_start(fd) != 0:
            sys.exit("the gap meter did not start")
    if args.ticks:
        keeping = ctypes.PyDLL(path)               # its functions are called with the GIL held
        if keeping.gapmeter_open(args.ticks.encode()) != 0:
            sys.exit("the file of the gaps could not be made")
        tick = keeping.gapmeter_tick
        tick.argtypes = ()
        tick.restype = None
    if args.switch:
        sys.setswitchinterval(args.switch)

    ballast = [(n, float(n), "ballast %d" % n) for n in range(args.ballast * 5400)]
    depth = max(1, args.depth - 1)                 # rest() is one more
    program = Program(args.threads, args.threads if args.busy else args.running, tick, args.ready)
    for n in range(1, args.threads):
        threading.Thread(target=descend, args=(depth, n, program), name="worker-%d" % (n - 1), daemon=True).start()
    try:
        descend(depth, 0, program)
    finally:
        if library is not None:
            library.gapmeter_stop()
        del ballast


if __name__ == "__main__":
    main()
