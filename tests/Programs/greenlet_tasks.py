"""Greenlets in all states, in two threads. Prints what the program itself knows of each, and then waits for the end of its input inside of a greenlet."""
import gc
import json
import os
import sys
import threading

import greenlet


class Named(greenlet.greenlet):
    """A subclass, with an attribute."""


def leaf(back):
    back.switch()


def deep(depth, back):
    if depth:
        return deep(depth - 1, back)
    leaf(back)


def through_c(back):
    sorted([3], key=lambda _: deep(2, back))


def generator(back):
    yield 1
    back.switch()
    yield 2


def in_generator(back):
    for _ in generator(back):
        pass


def outer(inner):
    inner.switch()


def inner_body(back):
    through_c(back)


def ended():
    return 1


def in_thread(ready, go):
    child = greenlet.greenlet(through_c)
    child.switch(greenlet.getcurrent())
    keep.append(child)
    waiting = greenlet.greenlet(wait_in_thread)
    keep.append(waiting)
    waiting.switch(ready, go)


def wait_in_thread(ready, go):
    running.append(greenlet.getcurrent())
    ready.set()
    go.wait()


def frames_of(one):
    frames = []
    frame = one.gr_frame
    while frame is not None:
        frames.append([frame.f_code.co_name, frame.f_lineno])
        frame = frame.f_back
    return frames[::-1]


def describe(one, current):
    return {
        "id": id(one),
        "type": type(one).__name__,
        "dead": one.dead,
        "active": bool(one),
        "running": any(one is other for other in current),
        "parent": id(one.parent) if one.parent is not None else 0,
        "frames": None if any(one is other for other in current) else frames_of(one),
    }


def wait_here():
    running.append(greenlet.getcurrent())
    known = [one for one in gc.get_objects() if isinstance(one, greenlet.greenlet)]
    told = [describe(one, running) for one in known]
    for one, row in zip(known, told):
        row["thread"] = "worker" if worker_greenlets(one) else "main"
    del known
    sys.stdout.write(json.dumps({"greenlets": told, "version": greenlet.__version__}) + "\n")
    sys.stdout.flush()
    os.read(0, 1)


def worker_greenlets(one):
    while one.parent is not None:
        one = one.parent
    return one is not main


keep = []
running = []
main = greenlet.getcurrent()
for body in (through_c, in_generator, lambda back: leaf(back)):
    keep.append(greenlet.greenlet(body))
    keep[-1].switch(main)
keep.append(Named(deep))
keep[-1].label = "named"
keep[-1].switch(5, main)
keep.append(greenlet.greenlet(ended))
keep[-1].switch()
keep.append(greenlet.greenlet(ended))
inner = greenlet.greenlet(inner_body)
keep.append(greenlet.greenlet(outer))
inner.parent = keep[-1]
keep.append(inner)
inner.switch(main)
gc.collect()
keep.extend(Named(ended) for _ in range(3))
go = threading.Event()
ready = threading.Event()
threading.Thread(target=in_thread, args=(ready, go), daemon=True).start()
ready.wait()
greenlet.greenlet(wait_here).switch()
go.set()
