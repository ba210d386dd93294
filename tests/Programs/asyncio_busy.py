# Tasks that come and go, and hand work on without a rest. Which function may await which, and which task which, is in asyncio_busy of AsyncioUnderLoadTests.
import asyncio
import os
import sys
import threading


async def leaf():
    await asyncio.sleep(0)


async def inner():
    await leaf()
    await leaf()


async def outer():
    await inner()
    await leaf()


async def child():
    await outer()


async def numbers():
    for one in range(5):
        await leaf()
        yield one


async def iterates():
    while True:
        async for _ in numbers():
            await inner()


async def awaits_one():
    while True:
        await asyncio.ensure_future(child())
        await outer()


async def gathers():
    while True:
        await asyncio.gather(child(), child(), child())


async def waits():
    while True:
        await asyncio.wait([asyncio.ensure_future(child()), asyncio.ensure_future(child())])


async def produces(queue):
    while True:
        await queue.put(1)
        await inner()


async def consumes(queue):
    while True:
        await queue.get()
        await asyncio.ensure_future(child())


async def main():
    queue = asyncio.Queue(2)
    tasks = [asyncio.ensure_future(one) for _ in range(4) for one in (iterates(), awaits_one(), gathers(), waits(), produces(queue), consumes(queue))]
    print("ready", flush=True)
    await asyncio.gather(*tasks)


threading.Thread(target=lambda: os._exit(len(sys.stdin.read())), daemon=True).start()
asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main()) if sys.version_info < (3, 7) else asyncio.run(main())
