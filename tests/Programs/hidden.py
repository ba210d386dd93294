"""One thread in a process in which no mapping has the interpreter's name any more: argv[1] is the library made of hide.c."""
import ctypes
import os
import sys

import oracle

library = ctypes.PyDLL(sys.argv[1])
library.hide.argtypes = [ctypes.c_ulong, ctypes.c_ulong, ctypes.c_int]


def third_func():
    os.read(0, 1)


def first_func():
    third_func()


with open("/proc/self/maps") as file:
    lines = file.read().splitlines()
for line in lines:
    words = line.split(None, 5)
    name = os.path.basename(words[5]) if len(words) > 5 else ""
    if not name.startswith(("python", "libpython")) or not words[1].startswith("r"):
        continue
    start, end = (int(word, 16) for word in words[0].split("-"))
    protection = 1 + 2 * ("w" in words[1]) + 4 * ("x" in words[1])
    if library.hide(start, end - start, protection) != 0:
        sys.exit("a mapping could not be hidden: " + line)

oracle.start()
first_func()
