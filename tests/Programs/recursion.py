"""5,000 functions deep."""
import os
import sys
import threading

import oracle

DEPTH = 5000


def descend(depth):
    if depth == 0:
        os.read(0, 1)
    elif depth % 2:
        descend(depth - 1)
    else:
        descend_again(depth - 1)


def descend_again(depth):
    descend(depth)


sys.setrecursionlimit(DEPTH * 3)
threading.stack_size(512 << 20)
oracle.start(blocked=2)
thread = threading.Thread(target=descend, args=(DEPTH,))
thread.start()
os.read(0, 1)
thread.join()
