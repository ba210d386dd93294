"""
Threads that take and give locks all the time, in ways that look alike: each function is named after what its thread has while it is in it. A thread that has the lock N says so by the
variable has, which is N for as long as it has it for certain.
"""
import sys
import threading

locks = [threading.Lock() for _ in range(3)]
end = threading.Event()


def work(count):
    for _ in range(count):
        pass


def in_turn(number):
    while not end.is_set():
        for has in range(len(locks)):
            with locks[(has + number) % len(locks)]:
                inside((has + number) % len(locks))


def inside(has):
    work(200)


def by_hand(number):
    while not end.is_set():
        lock = locks[number % len(locks)]
        lock.acquire()
        inside(number % len(locks))
        lock.release()


def lends(number):
    while not end.is_set():
        with locks[number % len(locks)]:
            locks[number % len(locks)].release()
            work(200)
            locks[number % len(locks)].acquire()


threads = [threading.Thread(target=function, args=(number,), name="%s %d" % (function.__name__, number)) for number in range(2) for function in (in_turn, by_hand, lends)]
for thread in threads:
    thread.daemon = True
    thread.start()
print(" ".join(hex(id(lock)).rstrip("L") for lock in locks))
sys.stdout.flush()
sys.stdin.read()
end.set()
