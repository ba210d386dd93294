"""Many tasks of asyncio that wait in one place: many_tasks.py NUMBER."""
import asyncio
import sys


async def leaf(event):
    await event.wait()


async def work(event):
    await leaf(event)


async def main(count):
    event = asyncio.Event()
    tasks = [asyncio.ensure_future(work(event)) for _ in range(count)]
    await asyncio.sleep(0)
    print("ready", flush=True)
    await asyncio.gather(*tasks)


asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main(int(sys.argv[1])))
