"""What suspended.py has from 3.6 on."""
import types


class Future:
    """Awaited as asyncio's are: by an iterator that is no generator."""

    def __await__(self):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        return "wait"


class Awaitable:
    """Gives the iterator of a coroutine, which stands between the two."""

    def __init__(self, inner):
        self.inner = inner

    def __await__(self):
        return self.inner.__await__()


def inner_generator():
    yield "inner"


def outer_generator():
    yield "before"
    yield from inner_generator()


@types.coroutine
def generator_based():
    yield "by a generator"


async def awaits_a_generator():
    await generator_based()


async def awaits_a_coroutine():
    value = 1
    await awaits_a_generator()
    return value


async def awaits_a_future(future):
    await future


async def awaits_an_awaitable(awaitable):
    await awaitable


async def many():
    yield 1
    await generator_based()
    yield 2


async def consumes(values):
    async for _ in values:
        pass


def pushed(coroutine, times=1):
    for _ in range(times):
        coroutine.send(None)
    return coroutine


def deep(depth):
    if depth:
        yield from deep(depth - 1)
    else:
        yield


kept = []


def situations(describe, delegates):
    future = Future()
    generator = outer_generator()
    next(generator)
    next(generator)
    waiting = pushed(awaits_a_coroutine())
    on_future = pushed(awaits_a_future(future))
    inside = awaits_a_generator()
    wrapped = pushed(awaits_an_awaitable(Awaitable(inside)))
    values = many()
    consumer = pushed(consumes(values))
    fresh = awaits_a_coroutine()
    nested = deep(30)
    next(nested)
    kept.extend([future, generator, waiting, on_future, inside, wrapped, values, consumer, fresh, nested])
    return [
        describe("yield from", delegates(generator), "Suspended"),
        describe("a coroutine awaits a coroutine awaits a generator", delegates(waiting), "Suspended"),
        describe("a future", [on_future], "Suspended", id(future)),
        describe("a coroutine's own iterator between", [wrapped] + delegates(inside), "Suspended"),
        describe("an async generator between", [consumer] + delegates(values), "Suspended"),
        describe("an async generator", delegates(values), "Suspended"),
        describe("a coroutine not begun", [fresh], "NotStarted"),
        describe("deep", delegates(nested), "Suspended"),
    ]
