"""asyncio tasks that wait for each other and for what never comes."""
import asyncio
import socket

kept = []


async def sleeps(secret, number):
    text = "task %d" % number
    await asyncio.sleep(100000)
    return text, secret


async def waits_for(future):
    await future


async def reads(connection):
    reader, writer = await asyncio.open_connection(sock=connection)
    await reader.readline()


async def holds(first, second):
    async with first:
        await asyncio.sleep(0)
        async with second:
            pass


async def main():
    locks = [asyncio.Lock(), asyncio.Lock()]
    mine, other = socket.socketpair()
    kept.append(other)
    tasks = [asyncio.ensure_future(one) for one in (sleeps("s3cret-of-a-task", 1), reads(mine), holds(*locks), holds(*reversed(locks)))]
    tasks.append(asyncio.ensure_future(waits_for(tasks[0])))
    await asyncio.gather(*tasks)


def run():
    asyncio.get_event_loop_policy().new_event_loop().run_until_complete(main()) if not hasattr(asyncio, "run") else asyncio.run(main())
