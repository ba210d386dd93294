"""Runs from files whose names are bytes: a copy of the interpreter with a source file and a library, in a folder.

Arguments: a folder, the name in hexadecimal, a library as native.c makes it. Says ready when the library has called back.
"""
import binascii
import os
import shutil
import sys

SOURCE = b'''import ctypes
import os
import sys

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)


def called(n):
    sys.stdout.write("ready\\n")
    sys.stdout.flush()
    os.read(0, 1)
    return n


def leave():
    ctypes.CDLL(sys.argv[1]).tail(CALLBACK(called), 3)  # the line


leave()
'''

name = binascii.unhexlify(sys.argv[2])
folder = os.path.join(os.fsencode(sys.argv[1]), name)
os.mkdir(folder)
program = os.path.join(folder, b"python-" + name)
source = os.path.join(folder, name + b".py")
library = os.path.join(folder, b"lib-" + name)
shutil.copy(os.path.realpath(os.fsencode(sys.executable)), program)
shutil.copy(os.fsencode(sys.argv[3]), library)
with open(source, "wb") as file:
    file.write(SOURCE)
os.environ["PYTHONHOME"] = sys.prefix
os.execv(program, [program, source, library])
