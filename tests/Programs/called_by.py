"""Calls for ever; the name of a function says who may call it: x__from__y_z only y or z, which may be C functions of called_by.c.

called_by.py THREADS [LIBRARY]: with a library there is C between some of the calls.
"""
import ctypes
import sys
import threading

native = None
if len(sys.argv) > 2:
    library = ctypes.PyDLL(sys.argv[2])
    native = library.nat_b, library.nat_d
    for function in native:
        function.argtypes = [ctypes.py_object]
        function.restype = None


def leaf__from__b_d_e_h_natb_natd():
    return 1


def e__from__b_d():
    leaf__from__b_d_e_h_natb_natd()


def b__from__a():
    e__from__b_d()
    if native:
        native[0](leaf__from__b_d_e_h_natb_natd)
    for _ in g__from__b():
        pass


def h__from__g_d():
    leaf__from__b_d_e_h_natb_natd()
    yield 1


def g__from__b():
    for _ in h__from__g_d():
        yield 1


def d__from__c():
    if native:
        native[1](leaf__from__b_d_e_h_natb_natd)
    e__from__b_d()
    for _ in h__from__g_d():
        pass


def a__from__top_z():
    b__from__a()


def c__from__top_z():
    d__from__c()


def z__from__top_z(depth):
    if depth:
        z__from__top_z(depth - 1)
    elif native:
        c__from__top_z()
    else:
        a__from__top_z()


def top():
    while True:
        a__from__top_z()
        c__from__top_z()
        z__from__top_z(5)


for _ in range(int(sys.argv[1])):
    thread = threading.Thread(target=top)
    thread.daemon = True
    thread.start()
print("ready")
sys.stdout.flush()
sys.stdin.read()
