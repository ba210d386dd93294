"""An asyncio service that hangs: nobody fills its queue any more, a task waits for that while it holds a lock, and a job in a thread does not end."""

import asyncio
import threading

archive_is_open = threading.Event()


async def take_orders(orders):
    # An exception ends the only task that fills the queue, and nobody looks at its result.
    raise ConnectionError("the shop does not answer")


async def ship(orders):
    while True:
        print("shipped:", await orders.get())


async def update_stock(orders, stock):
    async with stock:
        print("in stock:", await orders.get())


async def report(stock):
    async with stock:
        print("nothing is sold")


def open_archive():
    archive_is_open.wait()


async def archive():
    await asyncio.get_running_loop().run_in_executor(None, open_archive)


def start(coroutine):
    return asyncio.create_task(coroutine, name=coroutine.__name__)


async def main():
    orders, stock = asyncio.Queue(maxsize=10), asyncio.Lock()
    start(take_orders(orders))
    tasks = [start(ship(orders)) for _ in range(3)] + [start(update_stock(orders, stock)), start(report(stock)), start(archive())]
    # What was started above has gone as far as it can by the second time.
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(lambda: print("ready", flush=True))
    await asyncio.gather(*tasks)


asyncio.run(main())
