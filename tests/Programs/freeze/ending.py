"""Its interpreter shuts down while threads run: they end, or hang, as they try to take the GIL. It begins to when a line comes.

ending.py THREADS WAY [LIBRARY]
"""
import os
import sys

import habits
import work


class LastWords(object):
    """Runs when the interpreter has begun to shut down and lets nobody else take the GIL."""

    def __init__(self):
        self.say = say

    def __del__(self):  # root
        self.say()  # -> say


def say(follow=habits.alternate, times=range(300)):
    me = 9999
    depth = 0
    step = me * 10 ** 9
    for _ in times:
        step += 1
        follow(me, depth + 1, step, step)  # -> alternate


def main(count, way, library=None):
    work.prepare(way, library)
    work.start(int(count), int(count), work.FIRST)
    sys.words = LastWords()
    sys.setswitchinterval(1e-6)
    os.write(1, b"ready\n")
    os.read(0, 1)


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
