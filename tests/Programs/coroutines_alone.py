"""
Generators, coroutines and async generators, some of which nobody runs or awaits any more, beside tasks of an event loop. Says of all that the collector knows which those are, what they do,
and what Python shows of their frames.
"""
import asyncio
import gc
import os
import sys
import types

import oracle

KINDS = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType)


class Wait:
    """What a coroutine awaits in the end: no generator."""

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return None


async def never_awaited():
    pass


async def inner():
    await Wait()


async def outer():
    await inner()


def numbers():
    yield 1
    yield 2


def delegating():
    yield from numbers()


async def values():
    yield 1
    await inner()


async def first_of(generator):
    return await generator.__anext__()


async def iterating():
    async for _ in values():
        pass


async def task():
    await asyncio.sleep(3600)


async def task_over_values(event):
    async for _ in values():
        await event.wait()


def pushed(coroutine):
    coroutine.send(None)
    return coroutine


def read_in_a_generator():
    yield
    os.read(0, 1)
    yield


def frame_of(one):
    return next(getattr(one, name) for name in ("gi_frame", "cr_frame", "ag_frame") if hasattr(one, name))


def awaited_by(one):
    """What it delegates to, without the objects of the interpreter that are between the two."""
    found = next(getattr(one, name) for name in ("gi_yieldfrom", "cr_await", "ag_await") if hasattr(one, name))
    while found is not None and type(found).__name__ in ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow"):
        found = next(inside for inside in gc.get_referents(found) if isinstance(inside, KINDS))
    return found


def say(loop, fresh):
    objects = [one for one in gc.get_objects() if isinstance(one, KINDS) and frame_of(one) is not None]
    taken = [id(found) for found in map(awaited_by, objects) if found is not None]
    tasks = getattr(asyncio, "all_tasks", None) or asyncio.Task.all_tasks
    taken += [id(one._coro if not hasattr(one, "get_coro") else one.get_coro()) for one in tasks(loop)]
    alone = []
    for one in objects:
        if id(one) in taken or id(one) == id(running):
            continue
        chain = [one]
        while isinstance(chain[-1], KINDS) and awaited_by(chain[-1]) is not None:
            chain.append(awaited_by(chain[-1]))
        waits = not isinstance(chain[-1], KINDS)
        alone.append({
            "address": id(one),
            "type": type(one).__name__,
            "state": "NotStarted" if id(one) in fresh or sys.version_info < (3, 11) and frame_of(one).f_lasti < 0 else "Waiting" if waits else "Ready",
            "name": getattr(one, "__qualname__"),
            "frames": ["%s:%d" % (frame_of(link).f_code.co_name, frame_of(link).f_lineno) for link in chain if isinstance(link, KINDS)],
        })
    oracle.say(alone=alone, running=id(running), tasks=taken)


async def start(loop):
    event = asyncio.Event()
    return [asyncio.ensure_future(task()), asyncio.ensure_future(task_over_values(event)), event]


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
kept = loop.run_until_complete(start(loop))
many = [never_awaited() for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1)]
not_begun = numbers()
async_not_begun = values()
begun = values()
try:
    first_of(begun).send(None)
except StopIteration:
    pass
generator = numbers()
next(generator)
delegates = delegating()
next(delegates)
forgotten = [pushed(outer()), generator, delegates, begun]
# Its first step is to the async generator's first value, its second to what that awaits.
over_values = iterating()
over_values.send(None)
ended = numbers()
list(ended)
running = read_in_a_generator()
next(running)
fresh = {id(one) for one in many} | {id(not_begun), id(async_not_begun)}
# The tasks' first steps are before it.
loop.call_soon(lambda: (say(loop, fresh), next(running), os._exit(0)))
loop.run_forever()
