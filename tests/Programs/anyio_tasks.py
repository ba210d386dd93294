"""
Tasks of anyio, on the event loop that the first argument names, that wait for all that anyio has to wait for. Says of each what anyio shows of it (its parent, its name), and what it waits for.
"""
import itertools
import os
import sys
import threading

import anyio
import anyio.to_thread

import oracle

waits = {}
numbers = {}


def text(one):
    return "%s.%s 0x%x" % (type(one).__module__, type(one).__qualname__, id(one))


def own_id():
    return anyio.get_current_task().id


def expect(kind, description, target=None, more="", **facts):
    """What the caller is about to wait for: how its line begins."""
    waits[own_id()] = dict(facts, kind=kind, description=(description + text(target) if target is not None else description) + more)


def holder():
    return "held by task 0x%x (%s)" % (numbers["holder"], numbers["holder name"])


async def sleeps():
    expect("Sleep", "sleep, ", limit=3000)
    await anyio.sleep(3000)


async def waits_for_an_event(event):
    expect("Event", "set() of ", event)
    await event.wait()


async def waits_with_a_timeout(event):
    expect("Event", "set() of ", event, limit=1000)
    with anyio.move_on_after(1000):
        await event.wait()


async def holds(lock, limiter):
    async with lock:
        async with limiter:
            numbers["holder"] = own_id()
            numbers["holder name"] = anyio.get_current_task().name
            await sleeps()


async def wants(lock):
    while "holder" not in numbers:
        await anyio.sleep(0)
    inner = lock._lock if hasattr(lock, "_lock") else lock
    inner = getattr(inner, "_Lock__original", inner)
    expect("Lock", "", inner, more=", " + holder(), holder=numbers["holder"])
    async with lock:
        pass


async def wants_a_token(limiter):
    while "holder" not in numbers:
        await anyio.sleep(0)
    inner = limiter._limiter if hasattr(limiter, "_limiter") else limiter
    inner = getattr(inner, "_CapacityLimiter__original", getattr(inner, "_limiter", inner))
    expect("Semaphore", "release() of ", inner, more=" (1 of 1 borrowed), " + holder(), holder=numbers["holder"])
    async with limiter:
        pass


async def acquires(semaphore):
    inner = getattr(semaphore, "_Semaphore__original", semaphore)
    expect("Semaphore", "release() of ", inner)
    async with semaphore:
        pass


async def waits_for_a_condition(condition):
    async with condition:
        expect("Condition", "notify() of ", condition)
        await condition.wait()


async def receives(stream):
    expect("Queue", "receive from ", stream, more=" (empty, 0 of 3)")
    async for _ in stream:
        pass


async def sends(stream):
    expect("Queue", "send into ", stream, more=" (full, 2 of 2)")
    for number in itertools.count():
        await stream.send(number)


async def in_a_thread(descriptor):
    def work():
        numbers["thread"] = threading.get_native_id()
        os.read(descriptor, 1)

    expect("Future", "to_thread.run_sync(), in_a_thread.<locals>.work(), running in thread ", thread=True)
    await anyio.to_thread.run_sync(work)


async def has_children():
    async with anyio.create_task_group() as group:
        group.start_soon(sleeps, name="first")
        group.start_soon(sleeps, name="second")
        expect("Task", "end of ", more="anyio._backends._asyncio.TaskGroup" if sys.argv[1] == "asyncio" else "trio.Nursery", children=True)


async def accepts(listener):
    expect("Socket", "", descriptor=listener.extra(anyio.abc.SocketAttribute.raw_socket).fileno())
    await listener.serve(print)


async def main():
    lock, limiter, event = anyio.Lock(), anyio.CapacityLimiter(1), anyio.Event()
    send_full, receive_full = anyio.create_memory_object_stream(2)
    send_empty, receive_empty = anyio.create_memory_object_stream(3)
    pipe = os.pipe()
    listener = (await anyio.create_tcp_listener(local_host="127.0.0.1")).listeners[0]
    async with anyio.create_task_group() as group:
        for start in [
            (holds, lock, limiter), (sleeps,), (waits_for_an_event, event), (waits_with_a_timeout, event), (wants, lock), (wants_a_token, limiter), (acquires, anyio.Semaphore(0)),
            (waits_for_a_condition, anyio.Condition()), (receives, receive_empty), (sends, send_full), (in_a_thread, pipe[0]), (has_children,),
        ]:
            group.start_soon(*start)
        group.start_soon(accepts, listener, name="a name of its own")
        while len(waits) < 15 or "thread" not in numbers:
            await anyio.sleep(0.01)
        expect("Future", "to_thread.run_sync(), ")
        tasks = [{"id": one.id, "parent": one.parent_id, "name": one.name, "wait": waits.get(one.id)} for one in anyio.get_running_tasks()]
        oracle.say(tasks=tasks, thread=numbers["thread"])
        await anyio.to_thread.run_sync(sys.stdin.read)
        os._exit(0)


anyio.run(main, backend=sys.argv[1])
