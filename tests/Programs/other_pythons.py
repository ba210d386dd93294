"""A CPython that loads other libpythons and runs them: each in a thread of its own, or, with "nested", in the main thread.

    other_pythons.py threads|nested|loaded LIBRARY HOME [LIBRARY HOME ...]

With "loaded" they are mapped and never initialised.
"""
import ctypes
import os
import sys
import threading

CODE = b"import posix\ndef in_the_other():\n    posix.write(%d, b'.')\n    posix.read(0, 1)\nin_the_other()\n"


def run(library):
    library.Py_InitializeEx(0)
    library.PyRun_SimpleString(CODE % writing)


def blocked():
    os.read(0, 1)


mode = sys.argv[1]
reading, writing = os.pipe()
for path, home in zip(sys.argv[2::2], sys.argv[3::2]):
    other = ctypes.CDLL(path, mode=os.RTLD_LOCAL | os.RTLD_NOW | os.RTLD_DEEPBIND)
    os.environ["PYTHONHOME"] = home
    if mode == "threads":
        thread = threading.Thread(target=run, args=(other,))
        thread.daemon = True
        thread.start()
        os.read(reading, 1)
    elif mode == "nested":
        # Nobody is left to read what it writes: it says itself that it is there.
        writing = 1
        CODE = CODE.replace(b"b'.'", b"b'ready\\n'")
        run(other)
sys.stdout.write("ready\n")
sys.stdout.flush()
blocked()
os._exit(0)
