"""Starts a worker (fork) and a shell with each line "fork", prints the worker's id, and ends the worker with the line "end"."""

import os
import signal
import sys


def worker():
    number = 0
    while True:
        number += 1


def main():
    children = []
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "fork\n":
            shell = os.posix_spawn("/bin/sh", ["sh", "-c", "read line"], os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, os.pipe()[0], 0)])
            child = os.fork()
            if child == 0:
                worker()
            children += [child, shell]
            print(child, flush=True)
        else:
            for child in children:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
            children = []
            print("ended", flush=True)
    for child in children:
        os.kill(child, signal.SIGKILL)


main()
