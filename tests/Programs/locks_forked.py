"""
Forks while a thread has locks, and waits for one of them in the child, where that thread does not exist. The argument says which: rlock, mutex, or plain. With twice it does not fork, and
takes a plain lock twice.
Prints the child's id, and the lock's address in hexadecimal.
"""
import ctypes
import os
import sys
import threading
import warnings

warnings.simplefilter("ignore")
kind = sys.argv[1]
libc = ctypes.CDLL(None)
mutex = ctypes.create_string_buffer(64)
lock = threading.RLock() if kind == "rlock" else threading.Lock()
acquire = libc.pthread_mutex_lock if kind == "mutex" else lambda _: lock.acquire()
taken = threading.Event()


def hold():
    acquire(mutex)
    taken.set()
    os.read(0, 1)


if kind == "twice":
    lock.acquire()
    print(os.getpid())
    print(hex(id(lock)).rstrip("L"))
    sys.stdout.flush()
    lock.acquire()

holder = threading.Thread(target=hold)
holder.daemon = True
holder.start()
taken.wait()
child = os.fork()
if child == 0:
    acquire(mutex)
    os._exit(1)

print(child)
print(hex(ctypes.addressof(mutex) if kind == "mutex" else id(lock)).rstrip("L"))
sys.stdout.flush()
sys.stdin.read()
os.kill(child, 9)
os.waitpid(child, 0)
os._exit(0)
