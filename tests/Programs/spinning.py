"""A blocked thread beside one that runs and never blocks."""
import os
import threading

import oracle

stop = False


def spin():
    oracle.here_i_run()
    number = 0
    while not stop:
        number += 1


def running():
    spin()


oracle.start(blocked=1, running=1)
thread = threading.Thread(target=running, name="running")
thread.start()
os.read(0, 1)
stop = True
thread.join()
