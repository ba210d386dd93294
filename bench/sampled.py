"""What bench/sample.sh samples: threads with a number of frames that compute, or sleep; each 0.1 s a line with the time, the processor time and the turns so far.

sampled.py THREADS FRAMES FILE"""
import sys
import threading
import time

threads, frames, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def compute():
    turns = 0
    following = 0.0
    with open(path, "w") as file:
        while True:
            total = 0
            for i in range(20000):
                total += i
            turns += 1
            now = time.perf_counter()
            if now > following:
                following = now + 0.1
                file.write("%f %f %d\n" % (now, time.process_time(), turns))
                file.flush()


def wait():
    while True:
        time.sleep(0.5 + threading.get_ident() % 7 / 10)


def call(depth, last):
    if depth <= 1:
        last()
    else:
        call(depth - 1, last)


for _ in range(threads - 1):
    threading.Thread(target=call, args=(frames - 3, wait), daemon=True).start()
call(frames - 1, compute)
