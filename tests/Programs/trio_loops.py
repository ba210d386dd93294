"""Three event loops of trio in one process: two in threads of their own, and one that is a guest of asyncio's in the main thread. Says of each its tasks and its thread."""
import asyncio
import os
import threading

import trio

import oracle

told = {}
ready = threading.Semaphore(0)


async def main(name):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(trio.sleep_forever)
        task = trio.lowlevel.current_root_task()
        ids = []
        tasks = [task]
        while tasks:
            task = tasks.pop()
            ids.append(id(task))
            tasks += [child for one in task.child_nurseries for child in one.child_tasks]
        told[name] = {"tasks": ids, "thread": threading.get_native_id()}
        ready.release()


def report():
    for _ in range(3):
        ready.acquire()
    oracle.say(loops=told)
    os.read(0, 1)
    os._exit(0)


async def host():
    loop = asyncio.get_running_loop()
    trio.lowlevel.start_guest_run(main, "guest", run_sync_soon_threadsafe=loop.call_soon_threadsafe, done_callback=print)
    await asyncio.sleep(3600)


for name in ("first", "second"):
    threading.Thread(target=trio.run, args=(main, name), daemon=True).start()
threading.Thread(target=report, daemon=True).start()
asyncio.run(host())
