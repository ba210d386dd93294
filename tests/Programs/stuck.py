"""Threads that are stuck, that wait for work, that move on with each line of input, and, unless told to be quiet, that compute at one line."""

import os
import socket
import sys
import threading

held = threading.Lock()
held.acquire()
ours, theirs = socket.socketpair()
steps = threading.Semaphore(0)
stepped = threading.Semaphore(0)
begun = threading.Semaphore(0)


def stuck():
    begun.release()
    held.acquire()


def receives():
    begun.release()
    ours.recv(1)


def computes():
    begun.release()
    while True: pass


def moves_on():
    begun.release()
    while True:
        steps.acquire()
        stepped.release()


for function in [stuck, receives, moves_on] + ([] if "quiet" in sys.argv else [computes]):
    thread = threading.Thread(target=function)
    thread.daemon = True
    thread.start()
    begun.acquire()
print("ready")
sys.stdout.flush()
while sys.stdin.readline():
    steps.release()
    stepped.acquire()
    print("moved")
    sys.stdout.flush()
os._exit(0)
