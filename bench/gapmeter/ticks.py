"""A running gaptarget.py whose own Python threads read the clock, and the gaps that they noted (see gapmeter.c)."""
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
RING = 65536                     # as in gapmeter.c
HEADER = 16
PAIR = 16


class Target:
    def __init__(self, python, threads, depth, running, switch):
        self.dir = tempfile.mkdtemp(prefix="gap-")
        ready = os.path.join(self.dir, "ready")
        path = os.path.join(self.dir, "ticks")
        command = [python, os.path.join(HERE, "gaptarget.py"), "--threads", str(threads), "--depth", str(depth),
                   "--running", str(running), "--switch", str(switch), "--ticks", path, "--ready", ready]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        while not os.path.exists(ready):
            if self.process.poll() is not None:
                sys.exit("the target ended before it was ready")
            time.sleep(0.05)
        time.sleep(0.3)
        with open(path, "rb") as file:
            self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    @property
    def pid(self):
        return self.process.pid

    def count(self):
        """How many gaps have been noted so far."""
        return struct.unpack_from("=Q", self.map, 0)[0]

    def since(self, count):
        """The gaps that were noted since then, at most the last ones the ring keeps: (start, length) in seconds."""
        asked = time.monotonic_ns()
        while struct.unpack_from("=Q", self.map, 8)[0] < asked:      # a gap is noted when it has ended
            if self.process.poll() is not None:
                sys.exit("the target has ended")
            time.sleep(0.0005)
        now = self.count()
        pairs = (struct.unpack_from("=QQ", self.map, HEADER + n % RING * PAIR) for n in range(max(count, now - RING + 1), now))
        return [(start / 1e9, length / 1e9) for start, length in pairs]

    def end(self):
        self.process.kill()                        # what computes may take its time to see a gentler signal
        self.process.wait()
        self.map.close()
        shutil.rmtree(self.dir)


def longest(gaps, start, end):
    """The longest gap, in milliseconds, of those that overlap a span of time."""
    return max((length * 1e3 for at, length in gaps if at <= end and start <= at + length), default=0.0)
