"""One thread sleeps in C and keeps the GIL, another one waits for it. Ends only if it is killed."""
import ctypes
import sys
import threading
import time


def wants_it():
    started.set()
    while True:
        time.sleep(0.001)


started = threading.Event()
thread = threading.Thread(target=wants_it, name="wants it")
thread.daemon = True
thread.start()
started.wait()
print("ready")
sys.stdout.flush()
ctypes.PyDLL(None).pause()
