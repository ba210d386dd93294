"""The main thread ends without the process: its thread id stays as a zombie, two other threads live on."""
import ctypes
import os
import platform
import threading

import oracle

EXIT_THREAD = {"x86_64": 60, "aarch64": 93}[platform.machine()]


def left_over():
    os.read(0, 1)
    os._exit(0)


def leave():
    ctypes.CDLL(None).syscall(EXIT_THREAD, 0)


threads = [threading.Thread(target=left_over, name="left-%d" % number) for number in range(2)]
for thread in threads:
    thread.start()
oracle.start(blocked=2, also=lambda: oracle.state_of(os.getpid()) == "Z")
leave()
