"""A Python program to take stacks of, optionally with the gap meter inside.

    gaptarget.py [--threads N] [--depth D] [--busy] [--ballast MB] [--gap FILE] [--ready FILE]

N threads (1: the main thread alone) each recurse D frames deep and then sleep,
or with --busy compute. Every frame has ten variables of ordinary types.
--ballast fills the interpreter's heap with about MB megabytes of small objects
first: some tools copy whole memory areas. --gap starts the gap meter's native
thread first; its report lines go to FILE. --ready: FILE is created, with the
process id in it, once every thread is in its innermost frame. Runs on Python
3.6 and newer; ends on SIGTERM or SIGINT.
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


def rest(busy):
    """The innermost frame."""
    if not busy:
        while True:
            time.sleep(3600)
    x = 0
    while True:
        x = (x * 1103515245 + 12345) % 2147483648


def descend(left, busy, arrived):
    number = left * 1000
    ratio = left / 7.0
    text = "level %d" % left
    items = list(range(10))
    table = {"left": left, "text": text, "none": None}
    gauge = Gauge(text)
    flag = left % 2 == 0
    if left <= 1:
        arrived.release()
        rest(busy)
    else:
        descend(left - 1, busy, arrived)
    return number, ratio, items, table, gauge, flag


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--depth", type=int, default=10,
                        help="Python frames per thread below its entry, the innermost included")
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--ballast", type=int, default=0, metavar="MB")
    parser.add_argument("--gap", metavar="FILE")
    parser.add_argument("--ready", metavar="FILE")
    args = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    library = None
    if args.gap:
        library = ctypes.CDLL(os.environ.get("GAPMETER", os.path.join(HERE, "libgapmeter.so")))
        fd = os.open(args.gap, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if library.gapmeter_start(fd) != 0:
            sys.exit("the gap meter did not start")

    ballast = [(n, float(n), "ballast %d" % n) for n in range(args.ballast * 5400)]
    arrived = threading.Semaphore(0)
    depth = max(1, args.depth - 1)                 # rest() is one more

    def announce():
        for _ in range(args.threads):
            arrived.acquire()
        if args.ready:
            time.sleep(0.2)                        # from the release to the sleep
            with open(args.ready + ".part", "w") as file:
                file.write("%d\n" % os.getpid())
            os.rename(args.ready + ".part", args.ready)

    if args.ready:
        threading.Thread(target=announce, daemon=True).start()
    for n in range(args.threads - 1):
        threading.Thread(target=descend, args=(depth, args.busy, arrived),
                         name="worker-%d" % n, daemon=True).start()
    try:
        descend(depth, args.busy, arrived)
    finally:
        if library is not None:
            library.gapmeter_stop()
        del ballast


if __name__ == "__main__":
    main()
