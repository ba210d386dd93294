"""Greenlets of gevent that wait for each of its kinds of things. Prints for each its address and what is to be said of it."""
import json
import os
import sys

import gevent
import gevent.event
import gevent.hub
import gevent.lock
import gevent.os
import gevent.queue
import gevent.select
import gevent.socket
import gevent.subprocess
import gevent.thread

told = {}
keep = []


def wait(kind, text, function, *arguments, **more):
    one = gevent.spawn(function, *arguments)
    keep.append(one)
    told[hex(id(one))] = dict(more, kind=kind, text=text, function=getattr(function, "__name__", ""))
    return one


def at(thing):
    return "%s.%s %s" % (type(thing).__module__, type(thing).__qualname__, hex(id(thing)))


def holding():
    with rlock:
        gevent.sleep(1000)


event = gevent.event.Event()
result = gevent.event.AsyncResult()
semaphore = gevent.lock.Semaphore(0)
lock = gevent.thread.allocate_lock()
lock.acquire()
rlock = gevent.lock.RLock()
empty = gevent.queue.Queue()
full = gevent.queue.Queue(1)
full.put(1)
ours, theirs = gevent.socket.socketpair()
read, write = os.pipe()
os.set_blocking(read, False)
child = gevent.subprocess.Popen(["cat"], stdin=gevent.subprocess.PIPE, stdout=gevent.subprocess.DEVNULL)

sleeper = wait("Sleep", "sleep", gevent.sleep, 1000, timeout=True)
holder = wait("Sleep", "sleep", holding, timeout=True)
gevent.sleep(0)
wait("Event", "Event.wait " + at(event), lambda: event.wait())
wait("Event", "Event.wait " + at(event), lambda: event.wait(500), timeout=True)
wait("Future", "AsyncResult.get " + at(result), lambda: result.get())
wait("Semaphore", "Semaphore.acquire " + at(semaphore), lambda: semaphore.acquire())
wait("Lock", "Lock.acquire " + at(lock), lambda: lock.acquire())
wait("RLock", "RLock.acquire " + at(rlock), lambda: rlock.acquire(), holder=hex(id(holder)))
wait("Queue", "Queue.get " + at(empty), lambda: empty.get())
wait("Queue", "Queue.put " + at(full), lambda: full.put(2))
wait("Task", "Greenlet.join greenlet " + hex(id(sleeper)), lambda: sleeper.join(), holder=hex(id(sleeper)))
wait("Task", "Greenlet.join greenlet " + hex(id(sleeper)), lambda: sleeper.get(), holder=hex(id(sleeper)))
wait("Task", "joinall of 2 greenlets", lambda: gevent.joinall([sleeper, holder]))
wait("", "until it is readable", lambda: ours.recv(1), descriptor=ours.fileno())
wait("", "until it is readable", lambda: gevent.os.nb_read(read, 1), descriptor=read)
wait("Select", "select on 1 descriptor", lambda: gevent.select.select([theirs], [], []))
wait("Process", "Popen.wait", lambda: child.wait())
gevent.sleep(0.05)
sys.stdout.write(json.dumps(told) + "\n")
sys.stdout.flush()
gevent.os.tp_read(0, 1)
child.kill()
