"""Threads that take locks and give them back all the time, in ways that look alike. None waits for a lock while it has one. Prints the addresses of the locks."""
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
                work(1000)


def by_hand(number):
    while not end.is_set():
        lock = locks[number % len(locks)]
        lock.acquire()
        work(200)
        lock.release()


def lends(number):
    while not end.is_set():
        with locks[number % len(locks)]:
            locks[number % len(locks)].release()
            work(200)
            locks[number % len(locks)].acquire()


threads = []
for number in range(4):
    for function in (in_turn, by_hand, lends) if number == 0 else (in_turn,):
        threads.append(threading.Thread(target=function, args=(number,), name="%s %d" % (function.__name__, number)))
for thread in threads:
    thread.daemon = True
    thread.start()
print(" ".join(hex(id(lock)).rstrip("L") for lock in locks))
sys.stdout.flush()
sys.stdin.read()
end.set()
