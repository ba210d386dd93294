"""Each asyncio task waits in one way. Prints one line of JSON: by task id what it waits for, as the program knows it from its own objects."""
import asyncio
import json
import os
import socket
import subprocess
import sys
import threading

VERSION = sys.version_info[:2]
waits = {}
kept = []
gate = threading.Event()


def own_id():
    return int(os.readlink("/proc/thread-self").split("/")[-1])


def at(one):
    return "%s.%s 0x%x" % (type(one).__module__, type(one).__qualname__, id(one))


def of(one):
    """As the objects have it."""
    kind, address = at(one).split()
    return "%s (%s)" % (address, kind)


def name_of(task):
    return " (%s)" % task.get_name() if VERSION >= (3, 8) else ""


def words(task):
    return "task 0x%x%s" % (id(task), name_of(task))


def start(coroutine):
    task = asyncio.ensure_future(coroutine)
    kept.append(task)
    return task


def waiting(kind, description, coroutine, **more):
    """A task, and what it waits for."""
    task = start(coroutine)
    waits["0x%x" % id(task)] = dict(more, kind=kind, description=description)
    return task


async def awaiting(awaitable):
    return await awaitable


async def forever():
    await asyncio.sleep(1000)


async def holding(lock):
    async with lock:
        await asyncio.sleep(1000)


def line_of(function, text):
    with open(__file__) as file:
        lines = file.read().splitlines()
    first = function.__code__.co_firstlineno
    return first + [text in line for line in lines[first - 1:]].index(True)


async def conditionally(condition):
    async with condition:
        await condition.wait()


async def inside(*managers):
    """In all of them, one in the other."""
    if not managers:
        return await asyncio.sleep(1000)
    async with managers[0]:
        await inside(*managers[1:])


def connection():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(1)
    one = socket.create_connection(server.getsockname())
    other, _ = server.accept()
    kept.extend([server, one, other])
    one.setblocking(False)
    return one


def ends(one):
    return "%s:%d -> %s:%d (tcp, established) whose other end this process has itself" % (one.getsockname() + one.getpeername())


def end_with_parent():
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG (linux/prctl.h)


class Own(asyncio.Future):
    """A future of the program's own class."""


async def main():
    loop = asyncio.get_event_loop()
    holds = "%s:%d" % (os.path.basename(__file__), line_of(holding, "sleep"))

    # -- times
    waiting("Sleep", "sleep", asyncio.sleep(1000), limit=1000)

    # -- tasks and futures
    sleeper = start(forever())
    waiting("Task", words(sleeper), awaiting(sleeper), tasks=[sleeper])
    future = loop.create_future()
    waiting("Future", at(future), awaiting(future), object=of(future))
    own = Own()
    waiting("Future", at(own), awaiting(own), object=of(own))
    plain = asyncio.futures._PyFuture()
    waiting("Future", at(plain), awaiting(plain), object=of(plain))
    children = [start(forever()) for _ in range(2)]
    ended = loop.create_future()
    ended.set_result(1)
    gathered = asyncio.gather(children[0], ended, children[1])
    waiting("Task", "gather(), 2 of 3 not done: %s, %s" % (words(children[0]), words(children[1])), awaiting(gathered), tasks=children, object=of(gathered))
    waiting("Task", "shield() of " + words(sleeper), awaiting(asyncio.shield(sleeper)), tasks=[sleeper])
    waiting("Task", "wait() for all, 1 of 1 not done: " + words(sleeper), asyncio.wait({sleeper}), tasks=[sleeper])
    waiting("Task", "wait() for the first, 1 of 1 not done: " + words(sleeper), asyncio.wait({sleeper}, timeout=500, return_when=asyncio.FIRST_COMPLETED), tasks=[sleeper], limit=500)
    if VERSION < (3, 12):
        waiting("Task", "wait_for() of " + words(sleeper), asyncio.wait_for(sleeper, 600), tasks=[sleeper], limit=600)
    else:
        waiting("Task", words(sleeper), asyncio.wait_for(sleeper, 600), tasks=[sleeper], timeout=600)
    completed = list(asyncio.as_completed([children[0]]))[0]
    left = [children[0]] if VERSION >= (3, 13) else []
    waiting("Task", "as_completed() for the next" + (", 1 of 1 not done: " + words(children[0]) if left else ""), completed, tasks=left)
    if VERSION >= (3, 11):
        waiting("Sleep", "sleep", inside(asyncio.timeout(900), asyncio.timeout(800)), limit=1000, timeout=800)
        group = asyncio.TaskGroup()

        async def grouped():
            async with group:
                kept.append(group.create_task(forever()))

        group_task = waiting("Task", None, grouped(), object=of(group))

    # -- locks
    lock = asyncio.Lock()
    holder = start(holding(lock))
    waiting("Lock", "%s, held by %s at %s" % (at(lock), words(holder), holds), holding(lock), tasks=[holder], object=of(lock))
    taken = asyncio.Lock()
    await taken.acquire()
    waiting("Lock", at(taken), holding(taken), object=of(taken))
    semaphore = asyncio.Semaphore(2)
    first = start(holding(semaphore))
    second = start(holding(semaphore))
    first, second = sorted([first, second], key=lambda one: (len(name_of(one)), name_of(one), id(one)))
    waiting("Semaphore", "release() of %s (value 0), held by %s at %s, %s at %s" % (at(semaphore), words(first), holds, words(second), holds), holding(semaphore), object=of(semaphore))
    bounded = asyncio.BoundedSemaphore(1)
    only = start(holding(bounded))
    waiting("Semaphore", "release() of %s (value 0 of 1), held by %s at %s" % (at(bounded), words(only), holds), holding(bounded), object=of(bounded), tasks=[only])
    event = asyncio.Event()
    waiting("Event", "set() of " + at(event), event.wait(), object=of(event))
    condition = asyncio.Condition()
    waiting("Condition", "notify() of " + at(condition), conditionally(condition), object=of(condition))
    held = asyncio.Condition()
    has = start(holding(held))
    waiting("Lock", "%s, held by %s at %s" % (at(held._lock), words(has), holds), holding(held), object=of(held._lock), tasks=[has])
    if VERSION >= (3, 11):
        barrier = asyncio.Barrier(3)
        waiting("Barrier", "all tasks at %s (1 of 3 tasks have come)" % at(barrier), barrier.wait(), object=of(barrier))

    # -- queues
    queue = asyncio.Queue(2)
    waiting("Queue", "get from %s (empty, 0 of 2)" % at(queue), queue.get(), object=of(queue))
    full = asyncio.PriorityQueue(1)
    full.put_nowait(1)
    waiting("Queue", "put into %s (full, 1 of 1)" % at(full), full.put(2), object=of(full))
    joined = asyncio.LifoQueue()
    joined.put_nowait(1)
    waiting("Queue", "join() of %s (1 unfinished tasks)" % at(joined), joined.join(), object=of(joined))

    # -- sockets and pipes
    raw = connection()
    described = "recv from " + at(raw) if VERSION >= (3, 7) else "a descriptor that can be read, for *"
    waiting("Socket", described + ": " + ends(raw), awaiting(loop.sock_recv(raw, 1)), fd=raw.fileno(), process=os.getpid())
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(1)
    listening.setblocking(False)
    waiting("Socket", None, awaiting(loop.sock_accept(listening)), fd=listening.fileno())
    watched = connection()
    ready = loop.create_future()
    loop.add_reader(watched.fileno(), ready.set_result, None)
    waiting("Socket", "a descriptor that can be read, for %s: %s" % (at(ready), ends(watched)), awaiting(ready), fd=watched.fileno(), process=os.getpid())
    streamed = connection()
    reader, writer = await asyncio.open_connection(sock=streamed)
    kept.append(writer)
    for_data = streamed if VERSION >= (3, 7) else writer.get_extra_info("socket")
    waiting("Socket", "readline() of %s: %s" % (at(reader), ends(for_data)), reader.readline(), fd=for_data.fileno(), object=of(reader), process=os.getpid())
    full_socket = connection()
    _, blocked = await asyncio.open_connection(sock=full_socket)
    blocked.write(b"x" * 20000000)
    kept.append(blocked)
    waiting("Socket", "drain() of %s: %s" % (at(blocked), ends(full_socket)), blocked.drain(), fd=full_socket.fileno(), object=of(blocked), process=os.getpid())
    read_end, write_end = os.pipe()
    pipe = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), os.fdopen(read_end, "rb", 0))
    waiting("Pipe", "read() of %s: pipe whose other end this process has itself" % at(pipe), pipe.read(1), fd=read_end, object=of(pipe), process=os.getpid())
    if VERSION >= (3, 7):
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        waiting("Socket", None, server.serve_forever(), fd=server.sockets[0].fileno(), object=of(server))

    # -- threads and processes
    worker = []
    begun = threading.Event()

    def work():
        worker.append(own_id())
        begun.set()
        gate.wait()

    import concurrent.futures
    pool = concurrent.futures.ThreadPoolExecutor(1)
    working = pool.submit(work)
    begun.wait()
    waiting("Future", "result() of %s, running in thread %d (*)" % (at(working), worker[0]), awaiting(asyncio.wrap_future(working)), thread=worker[0], object=of(working))
    pending = pool.submit(work)
    waiting("Future", "result() of %s (pending: nobody has begun it)" % at(pending), awaiting(asyncio.wrap_future(pending)), object=of(pending))
    if VERSION < (3, 8):
        asyncio.get_child_watcher().attach_loop(loop)
    child = await asyncio.create_subprocess_exec("sleep", "1000", preexec_fn=end_with_parent, stdout=subprocess.DEVNULL)
    kept.append(child)
    waiting("Process", "end of child %d (*" % child.pid, child.wait(), process=child.pid)
    talker = await asyncio.create_subprocess_exec("sleep", "1000", preexec_fn=end_with_parent, stdout=subprocess.PIPE)
    kept.append(talker)
    waiting("Process", "output of child %d (*" % talker.pid, talker.communicate(), process=talker.pid, tasks=None)

    for _ in range(20):
        await asyncio.sleep(0)
    if VERSION >= (3, 11):
        waits["0x%x" % id(group_task)].update(description="end of %s, 1 of 1 not done: %s" % (at(group), words(next(iter(group._tasks)))), tasks=list(group._tasks))
    for wait in waits.values():
        if wait.get("tasks") is not None:
            wait["tasks"] = ["0x%x" % id(one) for one in wait["tasks"]]
    print(json.dumps(waits), flush=True)
    gone = loop.create_future()
    loop.add_reader(0, lambda: None if sys.stdin.readline() else gone.done() or gone.set_result(None))
    await gone
    os._exit(0)


if VERSION >= (3, 7):
    asyncio.run(main())
else:
    asyncio.get_event_loop().run_until_complete(main())
