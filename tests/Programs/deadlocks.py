"""Threads that wait in one way. Prints one line of JSON: the process to look at, what is to be found there, and its threads in their order.

    deadlocks.py SITUATION

It ends by a signal: nothing in it may be able to go on.
"""
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time

OWN = os.getpid()


def me():
    return int(os.readlink("/proc/thread-self").rsplit("/", 1)[1])


def end_with_parent():
    import ctypes
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG (linux/prctl.h)


class Party:
    """Threads that begin to wait when all of them are ready to."""

    def __init__(self, count):
        self.ids = [None] * count
        self.left = count
        self.all_here = threading.Event()
        self.count = threading.Lock()

    def arrive(self, number):
        self.ids[number] = me()
        with self.count:
            self.left -= 1
            if self.left == 0:
                self.all_here.set()
        self.all_here.wait()


def start(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.daemon = True
    thread.start()
    return thread


def say(kind, threads, process=OWN, followers=0):
    print(json.dumps({"process": process, "kind": kind, "threads": [list(one) for one in threads], "followers": followers}))
    sys.stdout.flush()


def cycle(count, make=threading.Lock, followers=0):
    locks = [make() for _ in range(count)]
    party = Party(count)

    def hold(number):
        with locks[number]:
            party.arrive(number)
            with locks[(number + 1) % count]:
                pass

    threads = [start(hold, number) for number in range(count)]
    for _ in range(followers):
        start(threads[0].join)
    party.all_here.wait()
    say("Cycle", [(OWN, one) for one in party.ids], followers=followers + 1)
    threads[0].join()


def two_cycles():
    parties = []
    for _ in range(2):
        locks = [threading.Lock(), threading.Lock()]
        party = Party(2)
        parties.append(party)

        def hold(number, locks=locks, party=party):
            with locks[number]:
                party.arrive(number)
                with locks[1 - number]:
                    pass

        for number in range(2):
            start(hold, number)
    for party in parties:
        party.all_here.wait()
    say("Cycle", [(OWN, one) for party in parties for one in party.ids])
    signal.pause()


def myself():
    lock = threading.Lock()
    say("Self", [(OWN, OWN)])
    with lock:
        with lock:
            pass


def joins():
    party = Party(2)
    threads = []

    def wait(number):
        party.arrive(number)
        while len(threads) < 2:
            pass
        threads[1 - number].join()

    threads.extend([start(wait, 0), start(wait, 1)])
    party.all_here.wait()
    say("Cycle", [(OWN, one) for one in party.ids])
    signal.pause()


def lock_and_join():
    lock = threading.Lock()
    ids = []

    def work():
        ids.append(me())
        with lock:
            pass

    with lock:
        worker = start(work)
        while not ids:
            pass
        say("Cycle", [(OWN, OWN), (OWN, ids[0])])
        worker.join()


def lock_and_mutex():
    import ctypes
    native = ctypes.CDLL(None)
    mutex = ctypes.create_string_buffer(64)  # PTHREAD_MUTEX_INITIALIZER is zeros
    lock = threading.Lock()
    party = Party(2)

    def python_first():
        with lock:
            party.arrive(0)
            native.pthread_mutex_lock(mutex)

    def native_first():
        native.pthread_mutex_lock(mutex)
        party.arrive(1)
        with lock:
            pass

    start(python_first)
    start(native_first)
    party.all_here.wait()
    say("Cycle", [(OWN, one) for one in party.ids])
    signal.pause()


def gil_and_mutex():
    import ctypes
    native, holding = ctypes.CDLL(None), ctypes.PyDLL(None)
    mutex = ctypes.create_string_buffer(64)
    ids = []

    def take_with_the_gil():
        ids.append(me())
        while len(ids) < 3:
            pass
        holding.pthread_mutex_lock(mutex)

    def take_without():
        native.pthread_mutex_lock(mutex)
        while not ids:
            pass
        ids.append(me())
        while True:
            pass

    start(take_with_the_gil)
    start(take_without)
    while len(ids) < 2:
        pass
    say("Cycle", [(OWN, one) for one in ids])
    ids.append(None)
    signal.pause()


def imports():
    folder = tempfile.mkdtemp()
    with open(folder + "/slow_module.py", "w") as file:
        file.write("import __main__\n__main__.importing.set()\nwith __main__.lock:\n    pass\n")
    sys.path.insert(0, folder)
    main = sys.modules["__main__"]
    main.lock, main.importing = threading.Lock(), threading.Event()
    ids = []

    def load():
        ids.append(me())
        import slow_module

    with main.lock:
        start(load)
        main.importing.wait()
        say("Cycle", [(OWN, OWN), (OWN, ids[0])])
        import slow_module


def forked():
    lock = threading.RLock()
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(1000)

    start(hold)
    held.wait()
    child = os.fork()
    if child == 0:
        end_with_parent()
        with lock:
            pass
    say("HolderGone", [(child, child)], process=child)
    os.waitpid(child, 0)


def child_writes():
    child = subprocess.Popen([sys.executable, "-c", "import os, signal; signal.alarm(300); os.write(1, b'x' * 1000000)"], stdout=subprocess.PIPE)
    say("Cycle", [(OWN, OWN), (child.pid, child.pid)])
    child.wait()


def child_without_python():
    child = subprocess.Popen(["yes"], stdout=subprocess.PIPE)
    idle = threading.Event()
    start(idle.wait)
    say("Cycle", [(OWN, OWN), (child.pid, child.pid)])
    child.wait()


def both_read():
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    say("Cycle", [(OWN, OWN), (child.pid, child.pid)])
    child.stdout.read(1)


def file_lock():
    with tempfile.NamedTemporaryFile() as first, open(first.name) as second:
        fcntl.flock(first, fcntl.LOCK_EX)
        say("Self", [(OWN, OWN)])
        fcntl.flock(second, fcntl.LOCK_EX)


def child_has_one():
    child = subprocess.Popen([sys.executable, __file__, "two", "child"], stdout=subprocess.PIPE)
    said = json.loads(child.stdout.readline().decode())
    say("Cycle", said["threads"], followers=2)
    child.stdout.read(1)


# None of these is a deadlock, though each looks like one for a while.

def slow_reader():
    child = subprocess.Popen(["yes"], stdout=subprocess.PIPE)

    def read():
        while True:
            time.sleep(0.2)
            os.read(child.stdout.fileno(), 100000)

    start(read)
    say(None, [])
    child.wait()


def child_of_two_readers():
    child = subprocess.Popen(["yes"], stdout=subprocess.PIPE)
    subprocess.Popen(["sleep", "60"], stdin=child.stdout)
    say(None, [])
    child.wait()


def idle_child():
    child = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    start(child.stdout.read, 1)
    say(None, [])
    threading.Event().wait()


def released_by_another():
    """A chain that ends in a thread that sleeps."""
    lock = threading.Lock()

    def hold():
        with lock:
            time.sleep(1000)

    holder = start(hold)
    start(holder.join)
    say(None, [])
    with lock:
        pass


SITUATIONS = {
    "two": lambda: cycle(2), "three": lambda: cycle(3), "five": lambda: cycle(5), "reentrant": lambda: cycle(2, threading.RLock), "followers": lambda: cycle(2, followers=3),
    "two_cycles": two_cycles, "myself": myself, "joins": joins, "lock_and_join": lock_and_join, "lock_and_mutex": lock_and_mutex, "gil_and_mutex": gil_and_mutex, "imports": imports,
    "forked": forked,
    "child_writes": child_writes, "child_without_python": child_without_python, "both_read": both_read, "file_lock": file_lock, "child_has_one": child_has_one,
    "slow_reader": slow_reader, "child_of_two_readers": child_of_two_readers, "idle_child": idle_child, "released_by_another": released_by_another,
}

signal.alarm(300)
if len(sys.argv) > 2:
    end_with_parent()
SITUATIONS[sys.argv[1]]()
