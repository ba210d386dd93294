"""Generators and comprehensions that block while they are asked for the next value, one thread each."""
import itertools
import os
import sys

import oracle


def numbers():
    yield 1
    yield os.read(0, 1)


def for_loop():
    for _ in numbers():
        pass


def asked_by_next():
    running = numbers()
    next(running)
    next(running)


def asked_by_send():
    def receiver():
        value = yield
        yield os.read(0, value)

    running = receiver()
    next(running)
    running.send(1)


def consumed_by_c():
    list(numbers())


def consumed_by_sum():
    sum(len(str(item)) for item in numbers())


def chained():
    list(itertools.chain.from_iterable([numbers()]))


def unpacked():
    first, second = numbers()
    return first, second


def list_comprehension():
    return [os.read(0, 1) for _ in range(1)]


def nested_comprehensions():
    return [[os.read(0, item) for item in range(1, 2)] for _ in range(1)]


def set_comprehension():
    return {os.read(0, 1) for _ in range(1)}


def dict_comprehension():
    return {item: os.read(0, 1) for item in range(1)}


def comprehension_with_a_condition():
    return [item for item in range(1)
            if os.read(0, 1)]


def generator_expression():
    return list(os.read(0, 1) for _ in range(1))


def lambda_in_a_comprehension():
    return [(lambda: os.read(0, 1))() for _ in range(1)]


class Comprehending(object):
    @staticmethod
    def class_body_comprehension():
        class Body(object):
            values = [os.read(0, 1) for _ in range(1)]

        return Body


def first_iterator_of_a_comprehension():
    return [item for item in [os.read(0, 1)]]


newer = []
if sys.version_info[0] > 2:
    from newer_functions import twice_delegated

    def delegation():
        for _ in twice_delegated(numbers):
            pass

    newer = [delegation]

oracle.crew(
    for_loop, asked_by_next, asked_by_send, consumed_by_c, consumed_by_sum, chained, unpacked,
    list_comprehension, nested_comprehensions, set_comprehension, dict_comprehension, comprehension_with_a_condition,
    generator_expression, lambda_in_a_comprehension, Comprehending.class_body_comprehension,
    first_iterator_of_a_comprehension, *newer)
