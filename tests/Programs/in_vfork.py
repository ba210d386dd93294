"""Threads that wait for the child of a vfork, in state D: in_vfork.py LIBRARY THREADS. The main thread counts; each line of input is answered by its count."""
import ctypes
import os
import sys
import threading

library = ctypes.CDLL(sys.argv[1])
count = [0]


def hold():
    library.hold()


def main():
    for _ in range(int(sys.argv[2])):
        thread = threading.Thread(target=hold)
        thread.daemon = True
        thread.start()
    counter = threading.Thread(target=go_on)
    counter.daemon = True
    counter.start()
    os.write(1, b"ready\n")
    for _ in iter(sys.stdin.readline, ""):
        os.write(1, ("%d\n" % count[0]).encode())
    os._exit(0)


def go_on():
    while True:
        count[0] += 1


main()
