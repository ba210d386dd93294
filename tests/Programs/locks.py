"""
Threads that have locks, each in its own way, and threads that wait for them. Prints one line of JSON: by the name of each waiting thread the lock's address, the name of the
thread that has it, and what the description has to say.
"""
import contextlib
import ctypes
import json
import os
import sys
import threading


allocate = threading.Lock
waits = {}
started = threading.Semaphore(0)
libc = ctypes.CDLL(None)


def stay():
    started.release()
    os.read(0, 1)


def start(name, function, *arguments):
    thread = threading.Thread(target=function, args=arguments, name=name)
    thread.daemon = True
    thread.start()
    return thread


def hold(name, function, *arguments):
    start(name, function, *arguments)
    started.acquire()


def wait_for(name, lock, holder, text, function=None, kind=None, address=None, gone=False):
    waits[name] = {"address": hex(address or id(lock)).rstrip("L"), "holder": holder, "text": text, "kind": kind, "gone": gone}
    start(name, function or take, lock)


def take(lock):
    with lock:
        pass


def take_by_hand(lock):
    lock.acquire()


# One that has it by a with statement, and two that wait.
def body(lock):
    with lock:
        stay()


plain = allocate()
hold("with", body, plain)
wait_for("plain 1", plain, "with", "held by {with} at locks.py:", kind="Lock")
wait_for("plain 2", plain, "with", "held by {with} at locks.py:", take_by_hand, kind="Lock")


# Statements inside of each other, with calls, loops and handlers between them.
def nested(first, second, third):
    with first:
        for one in [second]:
            with one as got:
                try:
                    raise ValueError
                except ValueError:
                    try:
                        deeper(third)
                    finally:
                        got = None


def deeper(lock):
    with lock:
        stay()


locks = [allocate(), allocate(), allocate()]
hold("nested", nested, *locks)
for number, one in enumerate(locks):
    wait_for("nested %d" % number, one, "nested", "held by {nested} at locks.py:", kind="Lock")


# In a loop: the one that it had before is free.
def in_turn(those):
    for one in those:
        with one:
            if one is those[-1]:
                stay()


turn = [allocate(), allocate()]
hold("turn", in_turn, turn)
hold("by hand after turn", lambda lock: (lock.acquire(), stay()), turn[0])
wait_for("turn 0", turn[0], None, "acquired by hand: the holder cannot be known")
wait_for("turn 1", turn[1], "turn", "held by {turn} at locks.py:")


# RLocks have an owner.
def by_hand(lock):
    lock.acquire()
    stay()


owned = threading.RLock()
hold("rlock", by_hand, owned)
wait_for("owned", owned, "rlock", "held by {rlock}", kind="RLock")
twice = threading.RLock()
hold("rlock twice", lambda lock: body(lock) if lock.acquire() else None, twice)
wait_for("owned twice", twice, "rlock twice", "held by {rlock twice}", take_by_hand, kind="RLock")


# By hand: it is not known who, but who could.
class Store(object):
    def __init__(self):
        self.lock = allocate()

    def write(self):
        self.lock.acquire()
        stay()


store = Store()
hold("writer", store.write)
wait_for("by hand", store.lock, None, "acquired by hand: the holder cannot be known; {writer} has it in the variable `self.lock` at locks.py:", take_by_hand, kind="Lock")


# Generators and context managers.
def generator(lock):
    with lock:
        stay()
        yield


running = allocate()
hold("generator", lambda lock: next(generator(lock)), running)
wait_for("in generator", running, "generator", "held by {generator} at locks.py:")


@contextlib.contextmanager
def managed(lock):
    with lock:
        yield 1


def in_managed(lock):
    with managed(lock):
        stay()


made = allocate()
hold("contextmanager", in_managed, made)
wait_for("in contextmanager", made, "contextmanager", "held by {contextmanager} at locks.py:")


class Guard(object):
    def __init__(self, lock):
        self._lock = lock

    def __enter__(self):
        self._lock.acquire()
        return self

    def __exit__(self, *error):
        self._lock.release()


written = allocate()
hold("guard", body, Guard(written))
wait_for("in guard", written, "guard", "held by {guard} at locks.py:")


class Unguard(Guard):
    """Gives back what others have, for a while."""
    def __enter__(self):
        self._lock.release()

    def __exit__(self, *error):
        self._lock.acquire()


def given_back_by_manager(lock):
    with lock:
        with Unguard(lock):
            stay()


lent = allocate()
hold("unguard", given_back_by_manager, lent)
hold("by hand after unguard", by_hand, lent)
wait_for("lent", lent, None, "acquired by hand")


def given_back(lock):
    with lock:
        lock.release()
        stay()


returned = allocate()
hold("given back", given_back, returned)
hold("by hand after given back", by_hand, returned)
wait_for("given back by hand", returned, None, "acquired by hand")


if hasattr(contextlib, "ExitStack"):
    def in_stack(first, second):
        with contextlib.ExitStack() as stack:
            stack.enter_context(first)
            stack.enter_context(managed(second))
            stay()

    stacked = [allocate(), allocate()]
    hold("stack", in_stack, *stacked)
    wait_for("in stack 0", stacked[0], "stack", "held by {stack} at locks.py:")
    wait_for("in stack 1", stacked[1], "stack", "held by {stack} at locks.py:")


# A condition gives its lock back while it is waited for.
inner = allocate()
condition = threading.Condition(inner)


def in_condition():
    with condition:
        started.release()
        condition.wait()


for number in range(2):
    hold("waits for condition %d" % number, in_condition)
hold("condition", body, condition)
wait_for("in condition", condition, "condition", "{condition} at locks.py:", address=id(inner))


# A thread that waits for itself.
def again(lock):
    with lock:
        take_by_hand(lock)


own = allocate()
wait_for("self", own, "self", "held by this thread itself at locks.py:", again, kind="Lock")


# Locks of native code.
def mutex_body(mutex):
    libc.pthread_mutex_lock(mutex)
    stay()


mutex = ctypes.create_string_buffer(64)
hold("mutex", mutex_body, mutex)
wait_for("native", mutex, "mutex", "mutex 0x", libc.pthread_mutex_lock, kind="Mutex", address=ctypes.addressof(mutex))
semaphore = ctypes.create_string_buffer(64)
libc.sem_init(semaphore, 0, 0)
wait_for("semaphore", semaphore, None, "futex 0x", libc.sem_wait, kind="Futex", address=ctypes.addressof(semaphore))

print(json.dumps(waits))
sys.stdout.flush()
try:
    sys.stdin.read()
finally:
    os._exit(0)
