"""native_shares.py LIBRARY: a thread that calls functions of native_shares.c for ever, and one that sleeps in one of them.

For each line of input it writes how many nanoseconds the first three took so far, and how many the thread ran in all.
"""
import ctypes
import sys
import threading

holding = ctypes.PyDLL(sys.argv[1])
letting = ctypes.CDLL(sys.argv[1])
for function in holding.nat_alpha, holding.nat_beta, holding.nat_gamma:
    function.argtypes = [ctypes.c_double]
    function.restype = None
holding.nat_taken.restype = ctypes.c_double


def alpha():
    holding.nat_alpha(150e3)


def beta():
    holding.nat_beta(90e3)


def gamma():
    holding.nat_gamma(15e3)


def inner():
    gamma()


def outer():
    inner()


def plain(n):
    while n:
        n -= 1


def work():
    holding.nat_begin()
    started.set()
    while True:
        alpha()
        beta()
        outer()
        plain(300)
        for _ in range(20):
            inner_most_often()


def inner_most_often():
    return 1


def waits():
    letting.nat_wait()


started = threading.Event()
for body in work, waits:
    thread = threading.Thread(target=body)
    thread.daemon = True
    thread.start()
started.wait()
sys.stdout.write("ready\n")
sys.stdout.flush()
while sys.stdin.readline():
    sys.stdout.write(" ".join("%d" % holding.nat_taken(i) for i in range(4)) + "\n")
    sys.stdout.flush()
