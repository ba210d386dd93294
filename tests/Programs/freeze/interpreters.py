"""Interpreters beside the main one, of their own GIL from 3.12 on, each with threads that follow the habits.

interpreters.py INTERPRETERS THREADS WAY
"""
import sys

import work

try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
try:
    import _thread as threads
except ImportError:
    import thread as threads

CODE = """
import sys
sys.path[:0] = %r
import interpreters_inner
interpreters_inner.run(%d, %d, %r)  # -> run
"""


def create():
    # From 3.9 to 3.11 an isolated one has no threads; from 3.12 on it has, and a GIL of its own.
    return interpreters.create(isolated=False) if (3, 9) < sys.version_info < (3, 12) else interpreters.create()


def outer(number, count, way):  # root
    interpreters.run_string(create(), CODE % (sys.path[:2], work.FIRST * (number + 1), count, way))


def main(number, count, way):
    work.prepare(way, None)
    work.start(int(count), int(count), work.FIRST)
    for i in range(int(number)):
        threads.start_new_thread(outer, (i + 1, int(count), way))
    # Each says "inside"; the last word is the main thread's.
    work.watch(work.shared)  # -> watch


if __name__ == "__main__":
    main(*sys.argv[1:])  # -> main
