"""A service with a thread that spins: it looks for an end that never comes, while another thread waits for its next job."""

import queue
import threading

jobs = queue.Queue()


def next_step(position, step):
    return (position + step) % 1000


def find_end(step):
    position = 0
    while position != 777:
        position = next_step(position, step)


def serve():
    while True:
        jobs.get()


threading.Thread(target=serve, name="serve", daemon=True).start()
threading.Thread(target=find_end, args=(10,), name="find-end").start()
print("ready", flush=True)
