"""Changes its stack as fast as it can. Each call stands on a line that says who may be called from it: "# -> names".

A test reads those comments: a stack with a caller's line that does not name the next frame's function never existed.
"""
import os
import sys
import threading


def leaf():
    pass


def left():
    leaf()  # -> leaf
    left_inner()  # -> left_inner


def left_inner():
    leaf()  # -> leaf


def right():
    right_inner()  # -> right_inner
    leaf()  # -> leaf


def right_inner():
    leaf()  # -> leaf


def alternate():
    while True:
        left()  # -> left
        right()  # -> right
        left_inner(); right_inner()  # -> left_inner right_inner


def first_0():
    first_1()  # -> first_1
    second_1()  # -> second_1


def first_1():
    second_2()  # -> second_2
    first_2()  # -> first_2


def first_2():
    first_3()  # -> first_3
    second_3()  # -> second_3


def first_3():
    first_4()  # -> first_4
    second_4()  # -> second_4


def first_4():
    leaf()  # -> leaf


def second_1():
    first_2()  # -> first_2
    second_2()  # -> second_2


def second_2():
    second_3()  # -> second_3
    first_3()  # -> first_3


def second_3():
    second_4()  # -> second_4
    first_4()  # -> first_4


def second_4():
    pass


def branch():
    while True:
        first_0()  # -> first_0
        second_1()  # -> second_1


def source_one():
    yield give_one()  # -> give_one
    yield give_two()  # -> give_two


def give_one():
    return 1


def give_two():
    return leaf()  # -> leaf


if sys.version_info[0] > 2:
    from restless_newer import delegating
    source_two = delegating(source_one, give_two)
else:
    def source_two():
        for value in source_one():  # -> source_one
            yield value
        yield give_two()  # -> give_two


def take():
    return 2


def generate():
    while True:
        for _ in source_one():  # -> source_one
            take()  # -> take
        for _ in source_two():  # -> source_two
            leaf()  # -> leaf


def down_even(depth):
    if depth:
        down_odd(depth - 1)  # -> down_odd
    else:
        bottom()  # -> bottom


def down_odd(depth):
    if depth:
        down_even(depth - 1)  # -> down_even
    else:
        leaf()  # -> leaf


def bottom():
    pass


def recurse():
    while True:
        for depth in range(0, 120, 7):
            down_even(depth)  # -> down_even
        for depth in range(120, 0, -11):
            down_odd(depth)  # -> down_odd


class Base(object):
    def __init__(self):
        self.prepare()  # -> prepare

    def prepare(self):
        leaf()  # -> leaf

    @property
    def value(self):
        return give_one()  # -> give_one

    def __getitem__(self, key):
        return give_two()  # -> give_two


class Derived(Base):
    def __init__(self):
        Base.__init__(self)  # -> __init__
        take()  # -> take


def build():
    while True:
        Base()  # -> __init__
        thing = Derived()  # -> __init__
        thing.value  # -> value
        thing[1]  # -> __getitem__


def restless(habit):
    os.write(1, b"ready\n")
    habit()  # -> alternate branch generate recurse build


def main():
    thread = threading.Thread(target=restless, args=(globals()[sys.argv[1]],))
    thread.daemon = True
    thread.start()
    os.read(0, 1)
    os._exit(0)


main()
