# Puts what is no task into asyncio's sets of tasks, and classes with the names of asyncio's own. Prints the ids of the real tasks.
import asyncio
import ctypes
import json
import os
import sys
import weakref


class Task:
    """As asyncio.tasks.Task, but with nothing of it."""
    __module__ = "asyncio.tasks"


Native = type("_asyncio.Task", (), {"__module__": "_asyncio", "__slots__": ["a", "b", "__weakref__"]})


class Cyclic(asyncio.Future):
    def __init__(self):
        super().__init__()
        self.add_done_callback(self.done)


class Plain:
    pass


async def real():
    await asyncio.get_running_loop().create_future()


async def main():
    tasks = [asyncio.ensure_future(real()) for _ in range(3)]
    kept = [Task(), Native(), Cyclic(), Plain()]
    kept[1].a = 5
    for one in kept:
        asyncio.tasks._scheduled_tasks.add(one)
    gone = Plain()
    asyncio.tasks._scheduled_tasks.data.add(weakref.ref(gone))
    del gone
    asyncio.tasks._scheduled_tasks.data.add(7)
    asyncio.tasks._scheduled_tasks.data.add("text")
    asyncio.tasks._eager_tasks.update([3, None])
    asyncio.tasks._current_tasks[5] = 6
    asyncio.tasks._current_tasks[kept[3]] = asyncio.current_task()

    # Futures that wait for each other.
    one, other = asyncio.get_running_loop().create_future(), asyncio.get_running_loop().create_future()
    asyncio.wait([one]).close()
    asyncio.gather(asyncio.shield(one), asyncio.shield(other))
    await asyncio.sleep(0.05)
    if sys.version_info >= (3, 14):
        # The list of the thread's tasks does not come back to its head: offset of task_node in TaskObj.
        ctypes.c_uint64.from_address(id(tasks[2]) + 152).value = id(tasks[0]) + 152
    print(json.dumps([hex(id(task)) for task in [*tasks, asyncio.current_task()]]), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
