"""What oracle.py needs of Python 3.8 and older versions do not have."""
import codecs
import ctypes
import io
import itertools
import platform
import sys
import threading
import types

if sys.version_info[0] == 2:
    from lib2to3.pgen2.tokenize import detect_encoding
else:
    from tokenize import detect_encoding

GETTID = {"x86_64": 186, "aarch64": 178}[platform.machine()]

# In 2.7 one lock is for all imports, and a codec is imported at its first use: not while a situation holds that lock.
for codec in ("ascii", "utf-8", "utf-8-sig", "latin-1", "utf-16-le"):
    codecs.lookup(codec)

_libc = ctypes.CDLL(None)
_count = itertools.count()
_set_ident = threading.Thread._set_ident


def _set_ident_and_native_id(thread):
    """Called by each thread when it begins to run, and has returned before it does anything else."""
    _set_ident(thread)
    thread.native_id = _libc.syscall(GETTID)
    thread.order = next(_count)


threading.Thread._set_ident = _set_ident_and_native_id
_set_ident_and_native_id(threading.current_thread())


def open_source(file):
    """tokenize.open, which came with 3.2, but 2.7's detect_encoding is that of lib2to3."""
    with io.open(file, "rb") as stream:
        encoding = detect_encoding(stream.readline)[0]
    return io.open(file, "r", encoding=encoding)


def replaced_code(code, changes):
    """types.CodeType.replace."""
    names = ["co_argcount", "co_nlocals", "co_stacksize", "co_flags", "co_code", "co_consts", "co_names", "co_varnames",
             "co_filename", "co_name", "co_firstlineno", "co_lnotab", "co_freevars", "co_cellvars"]
    if sys.version_info[0] > 2:
        names.insert(1, "co_kwonlyargcount")
    return types.CodeType(*[changes.get(name, getattr(code, name)) for name in names])
