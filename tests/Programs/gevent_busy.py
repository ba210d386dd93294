"""Greenlets of gevent that are switched all the time; each line that calls a function has that function's name in it."""
import sys

import gevent


def worker():
    while True:
        one()
        gevent.sleep(0)


def one():
    two()
    gevent.sleep(0)


def two():
    three()


def three():
    gevent.sleep(0)
    four()


def four():
    sum(range(50))


workers = [gevent.spawn(worker) for _ in range(30)]
gevent.sleep(0)
sys.stdout.write("ready\n")
sys.stdout.flush()
gevent.get_hub().threadpool.apply(sys.stdin.read)
