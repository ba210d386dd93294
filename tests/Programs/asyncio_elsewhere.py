# Tasks in another thread: in an interpreter of its own ("subinterpreter"), or of a loop that was not written in Python ("uvloop").
# Prints the ids of the tasks and of their thread; "none" where that is not to be had.
import os
import sys
import threading

CODE = """
import asyncio, json, threading

async def inner():
    await asyncio.get_running_loop().create_future()

async def main():
    tasks = [asyncio.ensure_future(inner()) for _ in range(3)] + [asyncio.ensure_future(asyncio.sleep(77))]
    await asyncio.sleep(0.05)
    print(json.dumps({"thread": threading.get_native_id(), "tasks": [hex(id(one)) for one in [*tasks, asyncio.current_task()]]}), flush=True)
    await asyncio.gather(*tasks)

asyncio.new_event_loop().run_until_complete(main())
"""


def run_uvloop():
    exec(CODE.replace("asyncio.new_event_loop", "__import__('uvloop').new_event_loop"), {})


def run_subinterpreter():
    try:
        import _interpreters as interpreters
    except ImportError:
        import _xxsubinterpreters as interpreters
    interpreters.run_string(interpreters.create(), CODE)


if "uvloop" in sys.argv:
    try:
        import uvloop  # noqa: F401
    except ImportError:
        print("none", flush=True)
        sys.exit(0)
threading.Thread(target=run_uvloop if "uvloop" in sys.argv else run_subinterpreter, daemon=True).start()
sys.stdin.read()
os._exit(0)
