"""C code that knows nothing of Python calls back into it: libc's qsort through ctypes."""
import ctypes
import os

import oracle

COMPARE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
asked = []


def compare(left, right):
    if not asked:
        asked.append(1)
        os.read(0, 1)
    return left[0] - right[0]


def sort():
    numbers = (ctypes.c_int * 2)(2, 1)
    ctypes.CDLL(None).qsort(numbers, 2, ctypes.sizeof(ctypes.c_int), COMPARE(compare))


oracle.start()
sort()
