"""A thread collects garbage for ever: a weak reference to some of it has a callback that does not return."""
import gc
import os
import threading
import weakref

import oracle

stop = False


class Garbage(object):
    pass


def spin(reference):
    oracle.here_i_run()
    while not stop:
        pass


def collect():
    garbage = Garbage()
    garbage.itself = garbage
    watch = weakref.ref(garbage, spin)
    del garbage
    gc.collect()
    return watch


gc.disable()
oracle.start(blocked=1, running=1)
thread = threading.Thread(target=collect, name="collecting")
thread.start()
os.read(0, 1)
stop = True
thread.join()
