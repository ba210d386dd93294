"""Names of all the kinds that CPython stores: ASCII, Latin-1, UCS-2, UCS-4; of files, functions, classes and threads."""
import os

import oracle


def é():
    os.read(0, 1)


def ñandú_with_a_long_name_that_is_no_ascii():
    os.read(0, 1)


def Ω():
    os.read(0, 1)


def 漢字():
    class 名前(object):
        def ÿ(self):
            os.read(0, 1)

    名前().ÿ()


def 𝕏():
    def 𐐷():
        os.read(0, 1)

    𐐷()


def renamed(name):
    def function():
        os.read(0, 1)

    function.__code__ = oracle.replaced(function.__code__, co_name=name, co_filename="/tmp/" + name + ".py")
    return function


def named(name, function):
    def thread():
        with open("/proc/self/task/%d/comm" % oracle.own_task(), "wb") as comm:
            comm.write(name.encode("utf-8")[:15])
        function()

    thread.__name__ = name
    return thread


NAMES = ["é", "Ω", "漢", "😀", "ascii", "ééééééééé", "漢漢漢漢漢", "😀😀😀😀", "a\tb", "tail ", "(paren) x"]
oracle.crew(é, ñandú_with_a_long_name_that_is_no_ascii, Ω, 漢字, 𝕏,
            *[named(name, renamed(name)) for name in NAMES])
