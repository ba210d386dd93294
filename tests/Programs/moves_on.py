"""A thread goes from one function to another when the process gets SIGUSR1; the main thread stays where it is."""

import _thread
import signal
import sys
import threading

here = _thread.allocate_lock()
go = _thread.allocate_lock()
never = _thread.allocate_lock()


def first_place():
    here.release(), go.acquire()  # one line: to an observer it makes no difference how far it has come


def second_place():
    never.acquire()


def in_the_thread():
    first_place()
    second_place()


for lock in here, go, never:
    lock.acquire()
signal.signal(signal.SIGUSR1, lambda *_: go.release())
threading.Thread(target=in_the_thread, daemon=True).start()
here.acquire()
print("ready", flush=True); sys.stdin.read()
