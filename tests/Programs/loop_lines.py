"""Two threads that compute in a loop and hand the GIL to each other at its end: in 3.11 the jump back has no line of its own."""
import os
import sys
import threading


def spin():
    total = 0
    for number in iter(int, 1):
        total ^= number
        if number % 3 == 0:
            total += 1


for _ in range(2):
    thread = threading.Thread(target=spin)
    thread.daemon = True
    thread.start()
sys.stdout.write("ready\n")
sys.stdout.flush()
os.read(0, 1)
os._exit(0)
