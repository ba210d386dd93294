"""Threads that are stuck, that wait for work, that compute at one line, and that move on with each line of input: which are unchanged between captures?"""

import os
import socket
import sys
import threading

held = threading.Lock()
held.acquire()
ours, theirs = socket.socketpair()
steps = threading.Semaphore(0)
stepped = threading.Semaphore(0)


def stuck():
    begun.release()
    held.acquire()


def receives():
    begun.release()
    ours.recv(1)


def computes():
    begun.release()
    while True: pass


def steps_on():
    begun.release()
    while True:
        steps.acquire()
        stepped.release()


begun = threading.Semaphore(0)
for function in [stuck, receives, computes, steps_on]:
    threading.Thread(target=function, name=function.__name__, daemon=True).start()
    begun.acquire()
print("ready", flush=True)
for line in sys.stdin:
    if line.startswith("end"):
        os._exit(0)
    steps.release()
    stepped.acquire()
    print("stepped", flush=True)
