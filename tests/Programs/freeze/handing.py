"""How a thread gives others the GIL, from the innermost frames (see habits.py)."""
import time

try:
    import _thread as threads
except ImportError:
    import thread as threads

LOCK = threads.allocate_lock()
native = None  # drop.c


def hand_on_by_interval(me, depth, step, had):
    now = (step, 1)


def hand_on_by_sleep(me, depth, step, had):
    now = (step, 1)
    time.sleep(0)
    now = (step, 2)


def hand_on_by_lock(me, depth, step, had):
    now = (step, 1)
    LOCK.acquire()
    holding(me, depth + 1, step, now)  # 1 -> holding
    LOCK.release()
    now = (step, 2)


def holding(me, depth, step, had):  # one at a time
    now = (step, 1)
    text = "%d:%d:%d;" % (me, depth, step)


def hand_on_in_c(me, depth, step, had):
    now = (step, 1)
    native.freeze_drop(1 + step % 3)
    now = (step, 2)


def way(name, library):
    """The function of that name, ready to be used."""
    global native
    if name == "in_c":
        import ctypes
        native = ctypes.PyDLL(library)
    return globals()["hand_on_" + name]
