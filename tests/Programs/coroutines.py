"""Coroutines and async generators under asyncio, each event loop in a thread of its own."""
import asyncio
import contextlib
import os

import oracle


async def innermost():
    os.read(0, 1)


async def inner():
    await asyncio.sleep(0)
    await innermost()


async def outer():
    await inner()


async def ticks():
    yield 1
    await asyncio.sleep(0)
    yield os.read(0, 1)


async def for_loop():
    async for _ in ticks():
        pass


async def comprehension():
    return [item async for item in ticks()]


async def gathered():
    await asyncio.gather(asyncio.sleep(0), inner())


async def task():
    await asyncio.get_event_loop().create_task(outer())


class Manager(object):
    async def __aenter__(self):
        os.read(0, 1)

    async def __aexit__(self, *error):
        pass


async def context():
    async with Manager():
        pass


async def managed():
    yield
    os.read(0, 1)


async def generator_context():
    async with contextlib.asynccontextmanager(managed)():
        pass


async def pause():
    await asyncio.sleep(0)


class Awaitable(object):
    def __await__(self):
        yield from pause().__await__()
        os.read(0, 1)


async def awaitable():
    await Awaitable()


async def callback():
    loop = asyncio.get_event_loop()
    done = loop.create_future()

    def later():
        os.read(0, 1)
        done.set_result(None)

    loop.call_soon(later)
    await done


async def closed():
    async def generator():
        try:
            yield 1
        finally:
            os.read(0, 1)

    running = generator()
    await running.__anext__()
    await running.aclose()


def driven_by_hand():
    running = outer()
    running.send(None)
    try:
        running.send(None)
    except StopIteration:
        pass


def in_a_loop(function):
    def run():
        loop = asyncio.new_event_loop()
        loop.run_until_complete(function())
        loop.close()

    run.__name__ = function.__name__
    return run


oracle.crew(driven_by_hand, *map(in_a_loop, (
    outer, for_loop, comprehension, gathered, task, context, awaitable, callback, closed)
    + ((generator_context,) if hasattr(contextlib, "asynccontextmanager") else ())))
