"""Threads are made and end all the time, a few at once; the main thread waits for the end of its input."""
import os
import threading
import time

stop = False
churning = []


def leaf():
    sum(range(100))


def short_lived():
    leaf()


def churn():
    churning.append(1)
    # Both are older than any thread that they make.
    while len(churning) < 2:
        time.sleep(0.001)
    while not stop:
        threads = [threading.Thread(target=short_lived) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main():
    global stop
    churners = [threading.Thread(target=churn) for _ in range(2)]
    for thread in churners:
        thread.start()
    while len(churning) < 2:
        time.sleep(0.001)
    os.write(1, b"ready\n")
    os.read(0, 1)
    stop = True
    for thread in churners:
        thread.join()


main()
