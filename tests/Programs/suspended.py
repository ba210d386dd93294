"""Generators, and from 3.6 on coroutines and async generators, that nobody runs. Says of each its address and what Python shows of its frames, outermost first."""
import os
import sys

import oracle


def numbers(count):
    for number in range(count):
        yield number


def at_a_yield():
    running = numbers(3)
    next(running)
    yield "prelude"
    yield next(running)


def never_begun():
    yield 1


def over():
    yield 1


def frames_of(objects):
    """Function and line of each generator's frame, from what Python itself shows."""
    found = []
    for one in objects:
        for name in ("gi_frame", "cr_frame", "ag_frame"):
            frame = getattr(one, name, None)
            if frame is not None:
                found.append([frame.f_code.co_name, frame.f_lineno])
    return found


def delegates(one):
    """The object and all that it delegates to, by Python's own links."""
    chain = []
    while one is not None:
        chain.append(one)
        one = next((getattr(one, name) for name in ("gi_yieldfrom", "cr_await", "ag_await") if hasattr(one, name)), None)
    return chain


def describe(name, objects, state, awaits=0):
    return {"name": name, "address": id(objects[0]), "frames": frames_of(objects), "state": state, "awaits": awaits}


suspended = at_a_yield()
next(suspended)
fresh = never_begun()
ended = over()
list(ended)
situations = [
    describe("a yield", [suspended], "Suspended"),
    describe("not begun", [fresh], "NotStarted"),
    describe("ended", [ended], "Finished"),
    {"name": "no generator", "address": id(numbers), "frames": [], "state": "Unknown", "awaits": 0},
]
if sys.version_info >= (3, 6):
    import newer_suspended

    situations += newer_suspended.situations(describe, delegates)


def itself():
    yield
    oracle.say(situations=situations + [describe("running", [runs], "Running")]), os.read(0, 1)
    yield


runs = itself()
next(runs)
next(runs)
