"""Code that has run so often that the interpreter specialised it, and runs calls inside of its own loop without a new one.

From 3.11 a hot call of a Python function, property, __getitem__, __init__ or generator pushes the frame of the callee from
within the instruction; from 3.12 there can be helper frames between, which no traceback shows; from 3.13 traces.
"""
import os
import sys

import oracle

WARM = 5000


class Gate(object):
    """Blocks in the last of many calls."""

    def __init__(self):
        self.left = WARM


def block(gate):
    gate.left -= 1
    if gate.left == 0:
        os.read(0, 1)
    return 0


class Hot(object):
    def __init__(self, gate):
        self.gate = gate
        block(gate)


class Quiet(object):
    def __init__(self, gate):
        self.gate = gate

    @property
    def value(self):
        return block(self.gate)

    def method(self, first=1, *rest, **keywords):
        return block(self.gate)

    def __getitem__(self, key):
        return block(self.gate)

    def __getattribute__(self, name):
        if name == "slow":
            block(object.__getattribute__(self, "gate"))
        return object.__getattribute__(self, name)

    slow = 1

    def __len__(self):
        return block(self.gate)

    def __eq__(self, other):
        return block(self.gate) == 0

    def __enter__(self):
        return block(self.gate)

    def __exit__(self, *error):
        pass

    def __iter__(self):
        return self

    def __next__(self):
        return block(self.gate)

    next = __next__  # its name in 2.7


class Child(Hot):
    def __init__(self, gate):
        super(Child, self).__init__(gate)


def function_calls():
    gate = Gate()
    for _ in range(WARM):
        block(gate)


def initialisers():
    gate = Gate()
    for _ in range(WARM):
        Hot(gate)


def inherited_initialisers():
    gate = Gate()
    for _ in range(WARM):
        Child(gate)


def properties():
    thing = Quiet(Gate())
    for _ in range(WARM):
        thing.value


def methods():
    thing = Quiet(Gate())
    for _ in range(WARM):
        thing.method(1)


def methods_with_keywords():
    thing = Quiet(Gate())
    for _ in range(WARM):
        thing.method(1, 2, key=3)


def calls_with_unpacking():
    thing = Quiet(Gate())
    arguments, keywords = (1, 2), {"key": 3}
    for _ in range(WARM):
        thing.method(*arguments, **keywords)


def subscripts():
    thing = Quiet(Gate())
    for _ in range(WARM):
        thing[1]


def attributes():
    thing = Quiet(Gate())
    for _ in range(WARM):
        thing.slow


def lengths():
    thing = Quiet(Gate())
    for _ in range(WARM):
        len(thing)


def comparisons():
    thing = Quiet(Gate())
    for _ in range(WARM):
        thing == 1


def contexts():
    thing = Quiet(Gate())
    for _ in range(WARM):
        with thing:
            pass


def iterators():
    thing = Quiet(Gate())
    for count, _ in enumerate(thing):
        if count == WARM:
            break


def generators():
    gate = Gate()

    def numbers():
        while True:
            yield block(gate)

    for count, _ in enumerate(numbers()):
        if count == WARM:
            break


def generators_asked_directly():
    gate = Gate()

    def numbers():
        while gate.left:
            yield block(gate)

    for _ in numbers():
        pass


def coroutines():
    gate = Gate()
    try:
        awaiting(lambda: block(gate), WARM).send(None)
    except StopIteration:
        pass


def delegated_generators():
    gate = Gate()

    def numbers():
        while gate.left:
            yield block(gate)

    for _ in delegated(numbers):
        pass


def comprehensions():
    gate = Gate()
    return [block(gate) for _ in range(WARM)]


def closures():
    gate = Gate()

    def inner():
        return block(gate)

    for _ in range(WARM):
        inner()


def lambdas():
    gate = Gate()
    call = lambda: block(gate)  # noqa: E731
    for _ in range(WARM):
        call()


def bound_methods():
    method = Quiet(Gate()).method
    for _ in range(WARM):
        method()


def many_class_instances():
    gate = Gate()
    return [Hot(gate) for _ in range(WARM)]


def recursion():
    gate = Gate()

    def down(depth):
        return down(depth - 1) if depth else block(gate)

    for _ in range(WARM):
        down(5)


newer = []
if sys.version_info[0] > 2:
    from newer_functions import awaiting, delegated
    newer = [delegated_generators, coroutines]

oracle.crew(
    function_calls, initialisers, inherited_initialisers, properties, methods, methods_with_keywords, calls_with_unpacking,
    subscripts, attributes, lengths, comparisons, contexts, iterators, generators, generators_asked_directly,
    comprehensions, closures, lambdas, bound_methods, many_class_instances, recursion, *newer)
