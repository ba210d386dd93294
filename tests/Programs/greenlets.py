"""Greenlets: the first argument says which. Says "ready" when one of them waits in os.read."""
import os
import sys

import greenlet

main = greenlet.getcurrent()


def wait():
    print("ready")
    sys.stdout.flush()
    os.read(0, 1)


def deep(depth):
    if depth:
        deep(depth - 1)
    else:
        wait()


def begun():
    """In a greenlet that has just begun; the main one is parked inside of C code."""
    sorted([1], key=lambda _: greenlet.greenlet(lambda: deep(2)).switch())


def nested():
    """In a greenlet that another one has begun, in Python that C code called."""
    def first():
        greenlet.greenlet(second).switch()

    def second():
        sorted([1], key=lambda _: deep(1))

    greenlet.greenlet(first).switch()


def resumed():
    """In a greenlet that goes on, after the main one has gone deeper than it was when it began."""
    def body():
        main.switch()
        sorted([1], key=lambda _: deep(1))

    def deeper(depth):
        return max([1], key=lambda _: deeper(depth - 1)) if depth else running.switch()

    running = greenlet.greenlet(body)
    running.switch()
    deeper(3)


def back():
    """In the main greenlet, after others have run and wait."""
    running = greenlet.greenlet(lambda: main.switch())
    running.switch()
    deep(2)


def traced():
    """In greenlet's trace function, which belongs to the stack that was switched to."""
    def trace(event, arguments):
        if event == "switch" and arguments[0] is running:
            wait()

    running = greenlet.greenlet(lambda: main.switch())
    greenlet.settrace(trace)
    running.switch()


globals()[sys.argv[1]]()
