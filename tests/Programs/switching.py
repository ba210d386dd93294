"""Threads that take the GIL from each other as often as they can."""
import os
import sys
import threading


def spin():
    while True:
        pass


sys.setswitchinterval(1e-6)
for i in range(4):
    thread = threading.Thread(target=spin)
    thread.daemon = True
    thread.start()
sys.stdout.write("switching\n")
sys.stdout.flush()
os.read(0, 1)
os._exit(0)
