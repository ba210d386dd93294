"""Stands in a function with objects as numpy's booleans are: the names of the types of numpy 1 and 2, and one byte behind the head. numpy itself need not be there."""
import ctypes
import os
import sys


def boolean(name, value):
    made = type(name, (), {"__slots__": ("room",)})()
    ctypes.memset(id(made) + object.__basicsize__, value, 1)
    return made


def booleans():
    one_true = boolean("numpy.bool_", 1)
    one_false = boolean("numpy.bool_", 0)
    two_true = boolean("numpy.bool", 1)
    two_false = boolean("numpy.bool", 0)
    sys.stdout.write("waiting\n")
    sys.stdout.flush()
    os.read(0, 1)
    os._exit(0)  # what stands in "room" is no object


booleans()
