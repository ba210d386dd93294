"""Threads that count for ever. For each line on standard input, the main thread prints all counts: who stands still is seen."""
import os
import sys
import threading
import time

THREADS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
counts = [0] * THREADS
give_way = getattr(os, "sched_yield", lambda: time.sleep(0))  # not in 2.7


def count_up(number):
    counts[number] += 1


def beat(number):
    while True:
        count_up(number)
        give_way()


def say(text):
    os.write(1, (text + "\n").encode())


def answer():
    for _ in iter(sys.stdin.readline, ""):
        say(" ".join(str(count) for count in counts))


for number in range(THREADS):
    thread = threading.Thread(target=beat, args=(number,), name="beat-%d" % number)
    thread.daemon = True
    thread.start()
say("ready")
answer()
os._exit(0)
