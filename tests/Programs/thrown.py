"""Exceptions that are thrown into generators and coroutines, which block while they handle them, one thread each."""
import os
import sys

import oracle


def inner():
    try:
        yield 1
    except KeyError:
        os.read(0, 1)


def middle():
    yield from inner()


def outer():
    yield from middle()


def thrown_through_two():
    running = outer()
    next(running)
    running.throw(KeyError)


def thrown_into_one():
    running = inner()
    next(running)
    running.throw(KeyError)


def thrown_by_c():
    running = outer()
    next(running)
    list(map(running.throw, [KeyError]))


def thrown_twice():
    def again():
        try:
            yield 1
        except ValueError:
            thrown_through_two()

    def delegating():
        yield from again()

    running = delegating()
    next(running)
    running.throw(ValueError)


def thrown_into_coroutines():
    class Awaited:
        def __await__(self):
            try:
                yield 1
            except KeyError:
                os.read(0, 1)

    async def called():
        await Awaited()

    async def calling():
        await called()

    running = calling()
    running.send(None)
    running.throw(KeyError)


def closed():
    def closing():
        try:
            yield 1
        finally:
            os.read(0, 1)

    def delegating():
        yield from closing()

    running = delegating()
    next(running)
    running.close()


def closed_asynchronously():
    async def closing():
        try:
            yield 1
        finally:
            os.read(0, 1)

    async def using():
        running = closing()
        await running.__anext__()
        await running.aclose()

    try:
        using().send(None)
    except StopIteration:
        pass


def traced():
    """A trace function makes a generator that runs look like one that waits."""
    def trace(frame, event, argument):
        if event == "line" and frame.f_code.co_name == "numbers":
            sys.settrace(None)
            os.read(0, 1)
        return trace

    def numbers():
        yield 1

    def delegating():
        yield from numbers()

    sys.settrace(trace)
    next(delegating())


oracle.crew(
    thrown_through_two, thrown_into_one, thrown_by_c, thrown_twice, thrown_into_coroutines, closed, closed_asynchronously, traced)
