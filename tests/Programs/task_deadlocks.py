"""asyncio tasks that wait for each other in one way. Prints one line of JSON: what is to be found, its tasks and its threads.

    task_deadlocks.py SITUATION

It ends by a signal: nothing in it may be able to go on.
"""
import asyncio
import json
import os
import sys
import threading

kept = []


def me():
    return int(os.readlink("/proc/thread-self").rsplit("/", 1)[1])


def say(kind, tasks, threads=(), limit=None):
    print(json.dumps({"kind": kind, "tasks": ["0x%x" % id(one) for one in tasks], "threads": list(threads), "limit": limit}))
    sys.stdout.flush()


def start(coroutine):
    task = asyncio.ensure_future(coroutine)
    kept.append(task)
    return task


async def settle():
    for _ in range(20):
        await asyncio.sleep(0)


def current():
    return asyncio.current_task() if sys.version_info >= (3, 7) else asyncio.Task.current_task()


async def in_order(first, second, party):
    async with first:
        party.append(current())
        while len(party) < 2:
            await asyncio.sleep(0)
        async with second:
            pass


async def two_locks(make=asyncio.Lock):
    locks = [make(), make()]
    party = []
    tasks = [start(in_order(locks[0], locks[1], party)), start(in_order(locks[1], locks[0], party))]
    await settle()
    say("Cycle", tasks)
    await tasks[0]


async def own_managers():
    class Manager:
        """Takes a lock by hand, as classes do that people write."""

        def __init__(self):
            self.lock = asyncio.Lock()

        async def __aenter__(self):
            await self.lock.acquire()

        async def __aexit__(self, *error):
            self.lock.release()

    await two_locks(Manager)


async def conditions():
    await two_locks(asyncio.Condition)


async def bounded():
    await two_locks(lambda: asyncio.BoundedSemaphore(1))


async def limited():
    locks = [asyncio.Lock(), asyncio.Lock()]

    async def take(first, second):
        async with first:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await asyncio.wait_for(second.acquire(), 500)

    tasks = [start(take(*locks)), start(take(*reversed(locks)))]
    await settle()
    # To 3.11 what it waits for is in a task of its own.
    everybody = asyncio.all_tasks() if sys.version_info >= (3, 7) else asyncio.Task.all_tasks()
    inner = [one for one in everybody if one not in tasks and one is not current()]
    say("Cycle", tasks + inner, limit=500)
    await tasks[0]


async def each_other():
    tasks = []

    async def wait(number):
        await settle()
        await tasks[number]

    tasks.append(start(wait(1)))
    tasks.append(start(wait(0)))
    for _ in range(40):
        await asyncio.sleep(0)
    say("Cycle", tasks)
    await asyncio.get_event_loop().create_future()


async def gathered():
    tasks = []

    async def gather():
        await settle()
        await asyncio.gather(asyncio.sleep(1000), tasks[1])

    async def back():
        await settle()
        await asyncio.wait({tasks[0]})

    tasks.append(start(gather()))
    tasks.append(start(back()))
    for _ in range(40):
        await asyncio.sleep(0)
    say("Cycle", tasks)
    await asyncio.get_event_loop().create_future()


async def myself():
    lock = asyncio.Lock()

    async def twice():
        async with lock:
            async with lock:
                pass

    task = start(twice())
    await settle()
    say("Self", [task])
    await task


async def own_loop():
    """The thread of the loop waits for a coroutine that its loop has not begun."""
    loop = asyncio.get_event_loop()
    future = asyncio.run_coroutine_threadsafe(settle(), loop)
    say("Self", [], [me()])
    future.result()


async def own_task():
    """The thread of the loop waits for a task of its loop."""
    loop = asyncio.get_event_loop()
    submitted = []
    made = threading.Event()

    async def work():
        kept.append(current())
        await asyncio.sleep(1000)

    def submit():
        submitted.append(asyncio.run_coroutine_threadsafe(work(), loop))
        made.set()

    threading.Thread(target=submit).start()
    while not kept:
        await asyncio.sleep(0)
    made.wait()
    await settle()
    say("Cycle", kept, [me()])
    submitted[0].result()


async def executor():
    """A task waits for a thread, which waits for a task, which waits for the first one."""
    loop = asyncio.get_event_loop()
    ids = []
    tasks = []
    begun = threading.Event()

    def work():
        ids.append(me())
        future = asyncio.run_coroutine_threadsafe(back(), loop)
        begun.set()
        future.result()

    async def back():
        tasks.append(current())
        await tasks[0]

    async def front():
        await loop.run_in_executor(None, work)

    tasks.append(start(front()))
    while len(tasks) < 2:
        await asyncio.sleep(0.01)
    await settle()
    say("Cycle", tasks, ids)
    await tasks[0]


async def taking():
    """No deadlock: locks are taken in one order, all the time, and tasks wait for tasks that end."""
    locks = [asyncio.Lock(), asyncio.Lock()]

    async def take():
        async with locks[0]:
            await asyncio.sleep(0)
            async with locks[1]:
                await asyncio.sleep(0)

    async def again():
        while True:
            await asyncio.gather(*[take() for _ in range(3)])
            async with locks[1]:
                await asyncio.sleep(0)

    tasks = [start(again()) for _ in range(5)]
    await settle()
    say("None", [])
    await tasks[0]


loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(globals()[sys.argv[1]]())
