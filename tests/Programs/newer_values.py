"""Stands in a function that has values and variables of Python 3's kinds."""
import datetime
import enum
import functools
import sys

from tell_values import tell


class Color(enum.Enum):
    RED = 1
    GREEN = "g"


class Number(enum.IntEnum):
    ZERO = 0
    ONE = 1
    MANY = 10 ** 30


class Letter(str, enum.Enum):
    A = "a"


def values():
    red = Color.RED
    green = Color.GREEN
    zero = Number.ZERO
    one = Number.ONE
    many = Number.MANY
    letter = Letter.A
    enum_class = Color
    utc = datetime.timezone.utc
    zone = datetime.timezone(datetime.timedelta(hours=2))
    named_zone = datetime.timezone(datetime.timedelta(hours=-5), "EST")
    aware = datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)
    folded = datetime.datetime(2024, 1, 2, 3, fold=1)
    partial = functools.partial(int, "7", base=8)
    latin = "caf\xe9"
    greek = "\u03a9\u6f22"
    emoji = "\U0001f600 smile"
    surrogate = "\udc80"
    marks = "a\u202eb\u2028c\xad\x85"
    big_bytes = bytes(range(32, 127))
    tell(values.__code__, locals())


def parameters(positional, second="2", *rest, keyword=None, other=4, **more):
    local = 1
    if positional is None:
        never = 1
    # As they are declared: co_varnames has the keyword-only ones in front of *rest.
    names = ["positional", "second", "rest", "keyword", "other", "more", "local"]
    variables = locals()
    tell(parameters.__code__, {}, [[name, repr(variables[name])] for name in names])


def cells(argument, unused, *rest):
    local = [argument]
    late = None
    del late

    def inner(own):
        deeper = (argument, local, own)
        tell(inner.__code__, locals())
        return rest, late

    return inner("own")


def comprehension():
    outer = 5
    first = [tell(comprehension.__code__, {"outer": outer}) for item in range(3) if item == 2]


def generator():
    def numbers(limit):
        count = 0
        while True:
            count += 1
            if count == limit:
                tell(numbers.__code__, {"limit": limit, "count": count})
            yield count

    list(zip(range(5), numbers(3)))


{"values": values, "parameters": lambda: parameters(1, 2, 3, 4, keyword="k", extra=[5]), "cells": lambda: cells("a", "u", 1, 2),
 "comprehension": comprehension, "generator": generator}[sys.argv[1]]()
