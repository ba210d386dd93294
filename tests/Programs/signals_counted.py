"""Counts real-time signals that interrupt running Python code anywhere: C's handler writes a byte for each."""
import os
import signal
import sys
import threading

EXPECTED = int(sys.argv[1])
NUMBER = signal.SIGRTMIN + 4
count_in, count_out = os.pipe()
os.set_blocking(count_out, False)
done = threading.Event()


def count():
    left = EXPECTED
    while left:
        left -= len(os.read(count_in, left))
    done.set()


def busy():
    total = 0
    while not done.is_set():
        total += sum(range(50))
    return total


thread = threading.Thread(target=count)
thread.start()
signal.signal(NUMBER, lambda number, frame: None)
signal.set_wakeup_fd(count_out)
print(int(NUMBER), flush=True)
busy()
thread.join()
print(EXPECTED, flush=True)
sys.stdin.read()
os.set_blocking(count_in, False)
try:
    print("%d too many" % len(os.read(count_in, 1)), flush=True)
except OSError:
    print("no more", flush=True)
