# -*- coding: utf-8 -*-
"""Stands in code whose variables are in a mapping: a class body, in which exec() runs with a dict, then with a subclass of it, then with another mapping. Prints what each frame's f_locals has."""
from __future__ import print_function

import json
import os
import sys

TRUTH = []


class Names(dict):
    def __missing__(self, key):
        raise KeyError(key)


class Other(object):
    def __init__(self):
        self.names = {}

    def __getitem__(self, key):
        return self.names[key]

    def __setitem__(self, key, value):
        self.names[key] = value


def tell(label):
    frame = sys._getframe(1)
    space = frame.f_locals
    pairs = [["f_locals", "<Other at 0x%x>" % id(space)]] if isinstance(space, Other) else [[name, repr(value)] for name, value in space.items()]
    TRUTH.append([label, pairs])


def wait():
    print(json.dumps(TRUTH))
    sys.stdout.flush()
    os.read(0, 1)


GLOBALS = {"tell": tell, "wait": wait, "Other": Other}
GLOBALS["globals_"] = GLOBALS
THIRD = compile("c = 'three'\ntell('other')\nwait()", "<other>", "exec")
SECOND = compile("b = [2]\npassword = 'hush'\ntell('subclass')\nexec(THIRD, GLOBALS, OTHER)", "<subclass>", "exec")
FIRST = compile("a = 1.5\ndel first\ntell('dict')\nexec(SECOND, GLOBALS, NAMES)", "<dict>", "exec")
GLOBALS.update({"THIRD": THIRD, "SECOND": SECOND, "GLOBALS": GLOBALS, "OTHER": Other(), "NAMES": Names(u=1)})


def function():
    outer = 7

    class Body(object):
        word = "in class"
        number = outer
        tell("class")
        exec(FIRST, GLOBALS, {"first": 1, "kept": (1,)})


function()
