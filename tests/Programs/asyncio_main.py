"""A coroutine in the main thread, started the usual way."""
import asyncio
import os

import oracle


async def leaf():
    os.read(0, 1)


async def main():
    oracle.start()
    await asyncio.wait_for(leaf(), 60)


asyncio.run(main())
