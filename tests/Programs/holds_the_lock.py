"""One thread sleeps in C with the GIL held, as badly written extensions do; three others wait for it."""
import ctypes
import os
import threading


def spin():
    while True:
        pass


for i in range(3):
    thread = threading.Thread(target=spin)
    thread.daemon = True
    thread.start()


def hold():
    # PyDLL keeps the lock. Nothing of Python can run any more: what follows is said and waited for by C alone.
    python = ctypes.PyDLL(None)
    python.write(1, b"held\n", 5)
    python.read(0, ctypes.create_string_buffer(1), 1)
    os._exit(0)


hold()
