"""Greenlets of eventlet that wait for each of its kinds of things. Prints for each its address and what is to be said of it."""
import json
import os
import sys

import eventlet
from eventlet import event, greenpool, queue, semaphore, tpool
from eventlet.green import socket

told = {}
keep = []


def wait(kind, text, function, *arguments, **more):
    one = eventlet.spawn(function, *arguments)
    keep.append(one)
    told[hex(id(one))] = dict(more, kind=kind, text=text, function=getattr(function, "__name__", ""))
    return one


def at(thing):
    return "%s.%s %s" % (type(thing).__module__, type(thing).__qualname__, hex(id(thing)))


done = event.Event()
empty = queue.Queue()
full = queue.Queue(1)
full.put(1)
none = semaphore.Semaphore(0)
ours, theirs = socket.socketpair()
pool = greenpool.GreenPool()
pool.spawn(eventlet.sleep, 1000)

sleeper = wait("Sleep", "sleep", eventlet.sleep, 1000, timeout=True)
wait("Event", "Event.wait " + at(done), lambda: done.wait())
wait("Queue", "Queue.get " + at(empty), lambda: empty.get())
wait("Queue", "Queue.put " + at(full), lambda: full.put(2))
wait("Semaphore", "Semaphore.acquire " + at(none), lambda: none.acquire())
wait("Task", "GreenThread.wait task " + hex(id(sleeper)), lambda: sleeper.wait(), holder=hex(id(sleeper)))
wait("", "until it is readable", lambda: ours.recv(1), descriptor=ours.fileno())
wait("Join", "GreenPool.waitall " + at(pool), lambda: pool.waitall())
eventlet.sleep(0.05)
sys.stdout.write(json.dumps(told) + "\n")
sys.stdout.flush()
tpool.execute(os.read, 0, 1)
