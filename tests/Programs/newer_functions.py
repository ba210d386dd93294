"""Functions with syntax that 2.7 does not have, for the programs that run on it as well."""
import os


def in_a_chained_except():
    try:
        try:
            raise KeyError("no such thing")
        except KeyError as error:
            raise ValueError("worse") from error
    except ValueError:
        os.read(0, 1)


def delegated(generator):
    yield 0
    result = yield from generator()
    return result


def twice_delegated(generator):
    yield from delegated(generator)


def text_with_values():
    return f"{1} {os.read(0, 1)} {2}"


def unpacking():
    (first,
     *rest) = [1, *[
         os.read(0, 1)]]
    return first, rest


async def coroutine(function):
    return function()


async def awaiting(function, times):
    for _ in range(times):
        await coroutine(function)
