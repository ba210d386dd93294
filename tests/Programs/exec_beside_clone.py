"""A program that replaces itself over and over while other threads of it make threads all the time: exec_beside_clone.py MAKERS.

Prints a number for each generation, and stops when standard input has ended.
"""
import os
import select
import sys
import threading

makers = int(sys.argv[1])
generation = int(sys.argv[2]) if len(sys.argv) > 2 else 0
threading.stack_size(64 * 1024)


def make():
    while True:
        try:
            thread = threading.Thread(target=len, args=("",))
            thread.daemon = True
            thread.start()
        except RuntimeError:
            pass


for _ in range(makers):
    maker = threading.Thread(target=make)
    maker.daemon = True
    maker.start()
os.write(1, ("%d\n" % generation).encode())
for _ in range(20):
    if select.select([0], [], [], 0.001)[0]:
        os._exit(0)
os.execv(sys.executable, [sys.executable, "-S", "-E", __file__, str(makers), str(generation + 1)])
