"""
Tasks of trio that wait for all that trio has to wait for. Says, at a moment when none of them runs, the tree of them as trio itself shows it, the frames of each, and what it waits for. Then it blocks in
a task, and says which one that is, which one has not begun, and which one was woken.
"""
import itertools
import os
import subprocess
import threading

import trio

import oracle

lowlevel = getattr(trio, "lowlevel", None) or trio.hazmat
waits = {}
numbers = {}


def text(one):
    return "%s.%s 0x%x" % (type(one).__module__, type(one).__qualname__, id(one))


def task_text():
    task = lowlevel.current_task()
    return "task 0x%x (%s)" % (id(task), task.name)


def expect(kind, description=None, target=None, **facts):
    """What the caller is about to wait for."""
    if target is not None:
        facts["object"] = "0x%x (%s)" % (id(target), text(target).split()[0])
        description = "%s%s%s" % (description and description + " ", text(target), facts.pop("more", ""))
    waits[id(lowlevel.current_task())] = dict(facts, kind=kind, description=description)


async def sleeps():
    expect("Sleep", "sleep", limit=3000)
    await trio.sleep(3000)


async def sleeps_in_a_timeout():
    expect("Sleep", "sleep", limit=2000)
    with trio.move_on_after(2000):
        await trio.sleep(3000)


async def sleeps_forever():
    expect("Sleep", "sleep_forever")
    await trio.sleep_forever()


async def waits_with_a_timeout(event):
    expect("Event", "set() of", event, limit=1000)
    with trio.fail_after(1000):
        with trio.fail_after(4000):
            await event.wait()


async def waits_in_a_shield(event):
    expect("Event", "set() of", event)
    with trio.move_on_after(1000):
        with trio.CancelScope(shield=True):
            await event.wait()


async def holds(lock, limiter):
    async with lock:
        async with limiter:
            numbers["holder"] = task_text()
            numbers["holder id"] = id(lowlevel.current_task())
            await sleeps_forever()


async def wants(lock):
    expect("Lock", "", lock, more=", held by %s" % numbers["holder"], holder=numbers["holder id"])
    async with lock:
        pass


async def wants_a_token(limiter):
    expect("Semaphore", "release() of", limiter, more=" (1 of 1 borrowed), held by %s" % numbers["holder"], holder=numbers["holder id"])
    async with limiter:
        pass


async def waits_for_a_condition(condition):
    async with condition:
        expect("Condition", "notify() of", condition)
        await condition.wait()


async def was_notified(lock):
    """Of the two that wait, the one that was notified waits for the lock, which the other one has again."""
    condition = trio.Condition(lock)

    async def waiter():
        async with condition:
            expect("Lock", "", lock, more=" of %s, held by %s" % (text(condition), numbers["notifier"]), holder=numbers["notifier id"])
            waiting.set()
            await condition.wait()

    waiting = trio.Event()
    numbers["notifier"] = task_text()
    numbers["notifier id"] = id(lowlevel.current_task())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(waiter)
        await waiting.wait()
        async with condition:
            condition.notify()
            await sleeps_forever()


async def acquires(semaphore):
    expect("Semaphore", "release() of", semaphore)
    await semaphore.acquire()


async def receives(channel):
    expect("Queue", "receive from", channel, more=" (empty, 0 of 3)")
    async for _ in channel:
        pass


async def sends(channel):
    expect("Queue", "send into", channel, more=" (full, 2 of 2)")
    for number in itertools.count():
        await channel.send(number)


async def reads(socket):
    expect(None, None, descriptor=socket.fileno())
    await socket.recv(1)


async def parks(lot):
    expect("Other", "unpark() of", lot)
    await lot.park()


async def in_a_thread(descriptor):
    token = lowlevel.current_trio_token()

    def work():
        numbers["thread"] = threading.get_native_id()
        token.run_sync_soon(len, "")
        os.read(descriptor, 1)

    expect("Future", "to_thread.run_sync(), %s(), running in thread " % work.__qualname__, thread=True, begin=True)
    await trio.to_thread.run_sync(work)


async def waits_for_a_process():
    start = getattr(lowlevel, "open_process", None) or trio.open_process
    process = await start(["cat"], stdin=subprocess.PIPE)
    expect("Process", "end of child %d" % process.pid, process=process.pid, begin=True)
    await process.wait()


async def has_children():
    async with trio.open_nursery() as nursery:
        nursery.start_soon(sleeps, name="first")
        nursery.start_soon(sleeps, name="second")
        expect("Task", "end of trio.Nursery 0x%x, 2 of 2 not done: task " % id(nursery), children=True, begin=True)


async def cannot_be_cancelled(descriptor):
    with trio.CancelScope() as scope:
        numbers["cancelled"] = id(lowlevel.current_task())
        numbers["scope"] = scope
        await in_a_thread(descriptor)


def chain(coroutine):
    frames = []
    while coroutine is not None:
        frame = next((getattr(coroutine, name) for name in ("cr_frame", "gi_frame") if hasattr(coroutine, name)), None)
        if frame is None:
            break
        frames.append("%s:%d" % (frame.f_code.co_name, frame.f_lineno))
        coroutine = next(getattr(coroutine, name) for name in ("cr_await", "gi_yieldfrom") if hasattr(coroutine, name))
    return frames


def tree(task, parent, found):
    found.append({
        "id": id(task), "parent": parent and id(parent), "name": task.name, "frames": chain(task.coro), "wait": waits.get(id(task)),
        "children": [id(child) for nursery in task.child_nurseries for child in nursery.child_tasks],
    })
    for nursery in task.child_nurseries:
        for child in nursery.child_tasks:
            tree(child, task, found)
    return found


class Watch(trio.abc.Instrument):
    """Reports once, between the tasks' steps, when all of them have come to where they wait."""

    def __init__(self, count):
        self.count = count

    def before_io_wait(self, timeout):
        if self.count and len(waits) == self.count and timeout > 0 and "thread" in numbers:
            self.count = 0
            runner = lowlevel.current_root_task()
            if "scope" in numbers:
                numbers["scope"].cancel()
            oracle.say(tasks=tree(runner, None, []), thread=numbers["thread"], cancelled=numbers["cancelled"], trio=trio.__version__)


async def never_begun():
    pass


async def woken(event):
    await event.wait()


def block_here():
    os.read(0, 1)


async def blocks(event):
    """Waits for the test's word, and then blocks the whole loop."""
    expect(None, None, descriptor=0)
    await lowlevel.wait_readable(0)
    os.read(0, 1)
    event.set()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(never_begun)
        oracle.say(running=id(lowlevel.current_task()))
        block_here()
    os._exit(0)


async def main():
    lock, limiter, event, woken_by = trio.StrictFIFOLock(), trio.CapacityLimiter(1), trio.Event(), trio.Event()
    send_full, receive_full = trio.open_memory_channel(2)
    send_empty, receive_empty = trio.open_memory_channel(3)
    pair = trio.socket.socketpair()
    pipe = os.pipe()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(holds, lock, limiter)
        while "holder" not in numbers:
            await trio.sleep(0)
        for start in [
            (sleeps,), (sleeps_in_a_timeout,), (waits_with_a_timeout, event), (waits_in_a_shield, event), (wants, lock), (wants_a_token, limiter),
            (waits_for_a_condition, trio.Condition()), (was_notified, trio.Lock()), (acquires, trio.Semaphore(0)), (receives, receive_empty), (sends, send_full), (reads, pair[0]),
            (parks, lowlevel.ParkingLot()), (waits_for_a_process,), (has_children,), (cannot_be_cancelled, pipe[0]), (blocks, woken_by), (woken, woken_by),
        ]:
            nursery.start_soon(*start)
        expect("Task", "end of trio.Nursery 0x%x, 19 of 19 not done: task " % id(nursery), children=True, begin=True)


trio.run(main, instruments=[Watch(22)])
