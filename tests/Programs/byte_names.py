# -*- coding: utf-8 -*-
"""2.7's names are bytes, of whatever encoding: UTF-8 as far as they are UTF-8, else Latin-1. Paths that are not UTF-8 keep their bytes (byte_paths.py)."""
import os

import oracle


def template():
    os.read(0, 1)


def is_utf8(name):
    try:
        name.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def renamed(name):
    def function():
        os.read(0, 1)

    path = "/tmp/" + name + ".py" if is_utf8(name) else "/tmp/bytes.py"
    function.__code__ = oracle.replaced(function.__code__, co_name=name, co_filename=path)
    return function


NAMES = ["ascii", "é Ω 漢 😀", "\xe9t\xe9", "\xc3", "\xff\xfe\x00\x01", "nul\0inside", "é" * 7000, "\xe9" * 3000]
oracle.crew(*[renamed(name) for name in NAMES])
