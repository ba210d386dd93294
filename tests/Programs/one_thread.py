"""One thread, three functions deep, blocked in a read."""
import os

import oracle


def third_func():
    os.read(0, 1)


def second_func():
    third_func()


def first_func():
    second_func()


oracle.start()
first_func()
