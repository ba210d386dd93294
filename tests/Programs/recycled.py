"""Functions that take each other's place in memory: recycled.py.

Calls a function that waits for a line; forgets it, makes others of other names until one has its code object at the same address, and calls that. Prints the name of the
function that waits and whether its code object is where that of the one before was. "exec" as a line starts the program anew in the same process, in a function of another name.
"""
import os
import sys


def make(name):
    names = {}
    source = "def %s(wait):\n    line = wait()\n    return line\n" % name
    exec(compile(source, "<%s>" % name, "exec"), names)
    return names.pop(name)


def wait():
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(0, 1) or b"\n"
    return line


def tell(*words):
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


place = None
kept = []
function = None
number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
while True:
    number += 1
    function = make("function_%d" % number)
    here = id(function.__code__)
    if place is not None and here != place and len(kept) < 1000:
        kept.append(function)
        continue
    tell("function_%d" % number, "same" if here == place else "other")
    place = here
    line = function(wait)
    if line == b"exec\n":
        os.execv(sys.executable, [sys.executable, os.path.abspath(__file__), "5000"])
    del kept[:]
    del function
