"""Processes that hang, each for one reason.

    python3 docs/examples/hangs.py          all of them
    python3 docs/examples/hangs.py REASON   one of them: a function below
"""

import fcntl
import os
import queue
import socket
import subprocess
import sys
import threading
import time


def lock_twice():
    lock = threading.Lock()
    with lock:
        ready()
        with lock:
            pass


def forked():
    lock = threading.RLock()

    def write_log(held):
        with lock:
            held.set()
            time.sleep(1000)

    held = threading.Event()
    threading.Thread(target=write_log, args=[held], daemon=True).start()
    held.wait()
    if os.fork() == 0:
        ready()
        with lock:
            pass
    os.wait()


def full_pipe():
    child = subprocess.Popen([sys.executable, "-c", "print('x' * 1000000)"], stdout=subprocess.PIPE)
    ready()
    child.wait()


def held_file():
    path = "/tmp/pystack-example"
    other = subprocess.Popen(["flock", path, "sleep", "1000"])
    while True:
        with open(path, "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                break
        time.sleep(0.01)
    with open(path, "w") as file:
        ready()
        fcntl.flock(file, fcntl.LOCK_EX)


def empty_queue():
    tasks = queue.Queue()
    worker = threading.Thread(target=tasks.get, name="worker")
    worker.start()
    ready()
    worker.join()


def silent_server():
    listener = socket.create_server(("127.0.0.1", 0))
    connection = socket.create_connection(listener.getsockname())
    ready()
    connection.recv(1)


REASONS = [lock_twice, forked, full_pipe, held_file, empty_queue, silent_server]


def ready():
    print("ready", flush=True)


def sleeps(process):
    with open(f"/proc/{process.pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0] == "S"


if len(sys.argv) > 1:
    globals()[sys.argv[1]]()
else:
    started = [subprocess.Popen([sys.executable, __file__, reason.__name__], stdout=subprocess.PIPE) for reason in REASONS]
    for process in started:
        process.stdout.readline()
        while not sleeps(process):
            time.sleep(0.001)
    ready()
    time.sleep(1000)
