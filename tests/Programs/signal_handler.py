"""A signal handler runs in the middle of a blocked read, and blocks itself."""
import os
import signal
import threading

import oracle

outer_in, outer_out = os.pipe()


def handler(number, frame):
    sender.join()
    os.read(0, 1)
    os.write(outer_out, b"x")


def interrupted():
    os.read(outer_in, 1)


def interrupt():
    oracle.wait_until(lambda: oracle.is_reading(os.getpid(), outer_in))
    os.kill(os.getpid(), signal.SIGUSR1)


signal.signal(signal.SIGUSR1, handler)
sender = threading.Thread(target=interrupt)
sender.start()
oracle.start()
interrupted()
