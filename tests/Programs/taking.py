"""Threads that take two locks in the same order and give them back, all the time; main waits for one of them. No two of them ever wait for each other."""
import sys
import threading

first, second, third = threading.Lock(), threading.RLock(), threading.Lock()


def both():
    while True:
        with first:
            with second:
                pass


def inner():
    while True:
        with second:
            with third:
                pass


def one():
    while True:
        with first:
            with third:
                pass
        with second:
            pass


def joined():
    with third:
        with first_of_two:
            pass


first_of_two = threading.Lock()
for work in both, both, inner, one:
    thread = threading.Thread(target=work)
    thread.daemon = True
    thread.start()


def come_and_go():
    while True:
        thread = threading.Thread(target=joined)
        thread.daemon = True
        thread.start()
        thread.join()


thread = threading.Thread(target=come_and_go)
thread.daemon = True
thread.start()
print("ready")
sys.stdout.flush()
sys.stdin.read()
