# Many situations of asyncio, and what the program says of each task: written for 3.6 and later.
# Arguments: "python" for the tasks that are written in Python, "debug" for asyncio's debug mode, "cancel" to be killed by a signal.
import sys

if "python" in sys.argv:
    sys.modules["_asyncio"] = None

import asyncio
import ctypes
import gc
import json
import os
import threading
import types

sys.setrecursionlimit(10000)
DEEP = 1000
MANY = 300
awaiters = {}  # of a task's id those that await it, as this program has made them
kept = []
waiting = []
gate = threading.Lock()
gate.acquire()


def all_tasks(loop):
    return asyncio.all_tasks(loop) if hasattr(asyncio, "all_tasks") else {task for task in asyncio.Task.all_tasks(loop) if not task.done()}


def current_task():
    return asyncio.current_task() if hasattr(asyncio, "current_task") else asyncio.Task.current_task()


def start(coroutine, name=None):
    task = asyncio.ensure_future(coroutine)
    if name and hasattr(task, "set_name"):
        task.set_name(name)
    kept.append(task)
    return task


def awaited(children):
    for child in children:
        awaiters.setdefault(id(child), []).append(id(current_task()))
    return children


def never():
    return asyncio.get_event_loop().create_future()


async def leaf():
    await never()


async def middle():
    await leaf()


async def direct():
    await awaited([start(middle(), "leaf \u03a9 \x1b[31m")])[0]


async def gathers():
    await asyncio.gather(*awaited([start(leaf()) for _ in range(3)]))


async def gathers_nested():
    await asyncio.gather(awaited([start(leaf())])[0], asyncio.gather(*awaited([start(leaf()), start(leaf())])))


async def group():
    async with asyncio.TaskGroup() as tasks:
        children = awaited([tasks.create_task(leaf()) for _ in range(2)])
        kept.extend(children)


async def group_in_group():
    async with asyncio.TaskGroup() as outer:
        kept.extend(awaited([outer.create_task(leaf())]))
        async with asyncio.TaskGroup() as inner:
            kept.extend(awaited([inner.create_task(leaf())]))


async def shields():
    await asyncio.shield(awaited([start(leaf())])[0])


async def waits():
    await asyncio.wait(awaited([start(leaf()), start(leaf())]), timeout=100000)


async def waits_for():
    await asyncio.wait_for(awaited([start(leaf())])[0], 100000)


async def waits_for_gather():
    await asyncio.wait_for(asyncio.gather(*awaited([start(leaf()), start(leaf())])), 100000)


async def as_completed():
    for one in asyncio.as_completed(awaited([start(leaf()), start(leaf())])):
        await one


async def two_await_one(task):
    awaited([task])
    await task


async def races():
    from asyncio.staggered import staggered_race
    await staggered_race([leaf, middle], None)


async def numbers():
    yield 1
    await leaf()
    yield 2


async def loops_over():
    async for _ in numbers():
        pass


async def delegates(generator):
    async for one in generator:
        yield one


async def loops_over_two():
    async for _ in delegates(numbers()):
        pass


async def asends():
    generator = numbers()
    await generator.asend(None)
    await generator.asend(None)


async def throws():
    generator = catches()
    await generator.asend(None)
    await generator.athrow(ValueError)


async def catches():
    try:
        yield 1
    except ValueError:
        await leaf()
    yield 2


async def next_or_default():
    generator = numbers()
    await anext(generator, None)
    await anext(generator, None)


@types.coroutine
def old_style():
    yield from never()


async def awaits_generator():
    await old_style()


class Awaitable:
    def __await__(self):
        yield from leaf().__await__()


async def awaits_object():
    await Awaitable()


class Manager:
    async def __aenter__(self):
        await leaf()

    async def __aexit__(self, *_):
        pass


async def enters():
    async with Manager():
        pass


async def deep(depth):
    if depth:
        await deep(depth - 1)
    else:
        await leaf()


async def stubborn():
    try:
        await leaf()
    except asyncio.CancelledError:
        await leaf()


async def renamed():
    await leaf()


async def done():
    pass


class OwnTask(asyncio.Task):
    pass


def own_task(coroutine):
    task = OwnTask(coroutine, loop=asyncio.get_event_loop())
    kept.append(task)
    return task


SITUATIONS = [direct, gathers, gathers_nested, shields, waits, waits_for, waits_for_gather, as_completed, loops_over, loops_over_two, asends, throws, awaits_generator,
              awaits_object, enters]
if hasattr(asyncio, "TaskGroup"):
    SITUATIONS += [group, group_in_group]
if sys.version_info >= (3, 8):
    SITUATIONS.append(races)
if sys.version_info >= (3, 10):
    SITUATIONS.append(next_or_default)


async def everything():
    for situation in SITUATIONS:
        start(situation(), situation.__name__)
    shared = start(leaf())
    start(two_await_one(shared))
    start(two_await_one(shared))
    start(deep(DEEP))
    own_task(middle())
    coroutine = renamed()
    coroutine.__qualname__ = "another.name"
    start(coroutine)
    for _ in range(MANY):
        start(leaf())
    await start(done())
    stubborn_one = start(stubborn())
    await turns()
    stubborn_one.cancel()
    await turns()


async def turns():
    for _ in range(20):
        await asyncio.sleep(0)


# Other threads.

def blocks():
    gate.acquire()


async def runs_c():
    start(leaf(), "not started")
    cancelled = start(leaf(), "cancelled before it began")
    cancelled.cancel()
    blocks()


async def eager():
    blocks()


async def runs_eager():
    asyncio.Task(eager(), loop=asyncio.get_event_loop(), eager_start=True)


async def inner_of_nested():
    blocks()


def run_nested():
    # What nest_asyncio does: another loop runs while a task of the first one has not returned.
    other = asyncio.new_event_loop()
    if sys.version_info >= (3, 14):
        asyncio.tasks._leave_task(asyncio.get_event_loop(), current_task())
    asyncio.events._set_running_loop(None)
    other.run_until_complete(inner_of_nested())


async def runs_nested():
    run_nested()


async def idle():
    start(leaf())
    await leaf()


def thread_id():
    return ctypes.CDLL(None).syscall(186)  # gettid, x86-64


threads = {}  # of a loop the thread that runs it


def in_thread(function):
    def run():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        threads[id(loop)] = thread_id()
        waiting.append((loop, threading.get_ident(), function))
        loop.run_until_complete(function())

    threading.Thread(target=run, daemon=True).start()


# What the program says.

def inside(awaitable):
    for name in ("cr_await", "gi_yieldfrom", "ag_await"):
        if hasattr(awaitable, name):
            return getattr(awaitable, name)
    if type(awaitable).__name__ == "CoroWrapper":
        return awaitable.gen
    if type(awaitable).__name__ in ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow", "anext_awaitable"):
        return next((one for one in gc.get_referents(awaitable) if frame_of(one) or type(one).__name__ == "async_generator_asend"), None)
    return None


def frame_of(awaitable):
    for name in ("cr_frame", "gi_frame", "ag_frame"):
        if getattr(awaitable, name, None) is not None:
            return getattr(awaitable, name)
    return None


def is_running(awaitable):
    return any(getattr(awaitable, name, False) for name in ("cr_running", "gi_running"))


def coroutine_of(task):
    return task._coro.gen if type(task._coro).__name__ == "CoroWrapper" else task._coro


def chain(task):
    coroutine = coroutine_of(task)
    first = frame_of(coroutine)
    if first is None:
        return []
    if is_running(coroutine):
        for innermost in sys._current_frames().values():
            frames = []
            frame = innermost
            while frame:
                frames.append(frame)
                if frame is first:
                    return [(one.f_code.co_name, one.f_lineno) for one in reversed(frames)]
                frame = frame.f_back
        raise RuntimeError("a running task is in no thread")
    frames = []
    while coroutine is not None:
        frame = frame_of(coroutine)
        if frame:
            # A coroutine that has not begun is at its first line in some versions, and at none in others.
            frames.append((frame.f_code.co_name, frame.f_lineno if frame.f_lasti >= 0 else frame.f_code.co_firstlineno))
        coroutine = inside(coroutine)
    return frames


def awaited_by(task):
    found = []
    for one in getattr(task, "_asyncio_awaited_by", None) or ():
        found += [id(one)] if isinstance(one, asyncio.Task) else awaited_by(one)
    return found


def describe(task, loop):
    coroutine = coroutine_of(task)
    return {
        "id": hex(id(task)),
        "name": task.get_name() if hasattr(task, "get_name") else None,
        "type": type(task).__module__ + "." + type(task).__qualname__,
        "coroutine": coroutine.__qualname__,
        "chain": chain(task),
        "waiter": hex(id(task._fut_waiter)) if task._fut_waiter is not None else None,
        "running": is_running(coroutine),
        "cancelling": bool(task.cancelling() if hasattr(task, "cancelling") else False) or bool(task._must_cancel),
        "loop": hex(id(loop)),
        "thread": threads.get(id(loop), 0),
        "awaiters": [hex(one) for one in awaiters.get(id(task), [])],
        "awaitedBy": [hex(one) for one in awaited_by(task)],
        "created": [(one.name, one.lineno) for one in task._source_traceback] if getattr(task, "_source_traceback", None) else None,
    }


def report():
    for loop, ident, function in waiting:
        while function is not idle and sys._current_frames()[ident].f_code is not blocks.__code__:
            threading.Event().wait(0.01)
    loops = [loop for loop, _, _ in waiting] + [main_loop, stopped]
    loops += [one.get_loop() if hasattr(one, "get_loop") else one._loop for one in list(nested_tasks())]
    tasks = [describe(task, loop) for loop in loops for task in sorted(all_tasks(loop), key=id)]
    print(json.dumps(tasks), flush=True)


def nested_tasks():
    return [one for one in gc.get_objects() if isinstance(one, asyncio.Task) and one._coro is not None and one._coro.__qualname__ == "inner_of_nested"]


stopped = asyncio.new_event_loop()
asyncio.set_event_loop(stopped)


async def leaves_one():
    start(leaf(), "of a loop that does not run")
    await turns()


stopped.run_until_complete(leaves_one())
main_loop = asyncio.new_event_loop()
asyncio.set_event_loop(main_loop)
main_loop.set_debug("debug" in sys.argv)
threads[id(main_loop)] = thread_id()
for one in [idle, runs_c, runs_nested] + ([runs_eager] if sys.version_info >= (3, 12) else []):
    in_thread(one)
while len(waiting) < (4 if sys.version_info >= (3, 12) else 3):
    threading.Event().wait(0.01)
for loop, _, function in waiting:
    while function is idle and len(all_tasks(loop)) < 2:
        threading.Event().wait(0.01)


def end():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=end, daemon=True).start()
main_loop.run_until_complete(everything())
main_loop.call_later(0.05, report)
main_loop.run_forever()
