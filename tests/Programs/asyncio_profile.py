"""Tasks that know what a profile must say of them.

shares: four tasks that share the time, each measures its own; tasks that wait. Prints what it has measured whenever it is asked.
names:  very many short tasks, each awaited by one of its own. boss_3 awaits the task job-3, which runs job_3() and calls run_3(); nobody else does.
Further words: python (tasks that are written in Python), eager (3.12 and later), uvloop, threads (two loops).
"""
import asyncio
import json
import sys
import threading
import time

words = sys.argv[1:]
clock = time.perf_counter
measured = {}
parts = (("half", 50), ("third", 30), ("sixth", 15), ("rest", 5))
kinds = 7


def burn(seconds):
    end = clock() + seconds
    while clock() < end:
        pass


def start(coroutine, name):
    loop = asyncio.get_event_loop()
    if "python" in words:
        task = asyncio.tasks._PyTask(coroutine, loop=loop)
        if hasattr(task, "set_name"):
            task.set_name(name)
        return task
    return loop.create_task(coroutine, name=name) if sys.version_info >= (3, 8) else loop.create_task(coroutine)


# The shares.
for name, share in parts:
    exec("""
def work_NAME():
    burn(SHARE / 50000)

async def task_NAME(prefix):
    while True:
        begin = clock()
        work_NAME()
        measured[prefix + 'NAME'] = measured.get(prefix + 'NAME', 0) + clock() - begin
        await pause()
""".replace("NAME", name).replace("SHARE", str(share)), globals())


async def pause():
    await asyncio.sleep(0)


async def wait_long():
    await asyncio.sleep(3600)


async def awaits_sleeper():
    await start(wait_long(), "sleeper")


async def shares(prefix):
    tasks = [start(globals()["task_" + name](prefix), prefix + name) for name, _ in parts]
    await asyncio.gather(start(awaits_sleeper(), "awaits-sleeper"), *tasks)


# The names.
for kind in range(kinds):
    exec("""
def run_KIND():
    burn(0.00005 * (1 + KIND % 3))

async def job_KIND():
    run_KIND()
    await pause()
    run_KIND()

async def boss_KIND():
    await start(job_KIND(), 'job-' + 'KIND')
""".replace("KIND", str(kind)), globals())


async def names(prefix):
    while True:
        for kind in range(kinds):
            await globals()["boss_%d" % kind]()
        await asyncio.gather(*[start(globals()["boss_%d" % kind](), "boss-%d" % kind) for kind in range(kinds)])


def run(prefix):
    if "uvloop" in words:
        loop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if "eager" in words:
        loop.set_task_factory(asyncio.eager_task_factory)
    loop.run_until_complete(globals()[words[0]](prefix))


def answer():
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps(measured), flush=True)
    import os
    os._exit(0)


if "uvloop" in words:
    try:
        import uvloop
    except ImportError:
        print("uvloop is not installed", flush=True)
        sys.exit()
threading.Thread(target=answer, name="answers").start()
if "threads" in words:
    threading.Thread(target=run, args=("other-",), name="other").start()
run("")
