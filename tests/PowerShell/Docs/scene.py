"""What the examples of the help look at: a program that waits, four functions deep, with an order to work on and a secret; and a thread with an event loop, whose two tasks wait."""

import asyncio
import sys
import threading
import time

has_begun = threading.Event()


async def consume(queue):
    await queue.get()


async def serve():
    tasks = [asyncio.create_task(consume(asyncio.Queue(maxsize=10)), name="consumer")]
    await asyncio.sleep(0)
    has_begun.set()
    await asyncio.gather(*tasks)


threading.Thread(target=asyncio.run, args=(serve(),), daemon=True).start()
has_begun.wait()


def first_func(order_id, api_token):
    second_func()


def second_func():
    third_func()


def third_func():
    print("ready")
    sys.stdout.flush()
    time.sleep(1000)


first_func(4711, "hush")
