"""An interpreter whose code is replaced by memory of the same bytes, as BOLT's hugify, Intel's iodlr, Chromium and Node.js do it for huge pages.

    remapped_text.py none|text|partial|readonly|memfd

Nothing; all of the code; its middle; all that is read only up to the relocated data, the ELF header included; all of the code by a memfd.
"""
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
libc.mremap.restype = ctypes.c_void_p
libc.mremap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p]
libc.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
libc.memcpy.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t]
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]

PAGE = os.sysconf("SC_PAGESIZE")
READ, WRITE, EXECUTE = 1, 2, 4  # PROT_* of sys/mman.h
PRIVATE, ANONYMOUS = 2, 32  # MAP_*
MAY_MOVE, FIXED = 1, 2  # MREMAP_*


def mappings():
    """Those of the interpreter's file: start, end, rights, of the last copy."""
    found = []
    with open("/proc/self/maps") as maps:
        for line in maps:
            words = line.rstrip("\n").split(None, 5)
            path = words[5] if len(words) == 6 else ""
            if os.path.basename(path).startswith("libpython") or path == os.path.realpath("/proc/self/exe") or "/python" in path and ".so" not in path:
                start, end = (int(word, 16) for word in words[0].split("-"))
                found.append((path, start, end, words[1]))
    library = [one for one in found if "libpython" in one[0]]
    own = library or found
    return [one[1:] for one in own if one[0] == own[0][0]]


def replace(start, end, executable, source=-1):
    length = end - start
    rights = READ | (EXECUTE if executable else 0)
    if source < 0:
        copy = libc.mmap(None, length, READ | WRITE, PRIVATE | ANONYMOUS, -1, 0)
        libc.memcpy(copy, start, length)
        libc.mprotect(copy, length, rights)
    else:
        os.ftruncate(source, 0)
        assert libc.write(source, start, length) == length
        copy = libc.mmap(None, length, rights, PRIVATE, source, 0)
    # One call puts it over what runs at this moment.
    assert libc.mremap(copy, length, length, MAY_MOVE | FIXED, start) == start, ctypes.get_errno()


mode = sys.argv[1]
own = mappings()
last_data = min(at for at, (_, _, rights) in enumerate(own) if "w" in rights)
for at, (start, end, rights) in enumerate(own if mode != "none" else []):
    if "x" in rights:
        if mode == "partial":
            third = (end - start) // 3 // PAGE * PAGE
            start, end = start + third, start + 2 * third
        replace(start, end, True, libc.memfd_create(b"text", 0) if mode == "memfd" else -1)
    elif mode == "readonly" and at < last_data - 1:
        replace(start, end, False)

import one_thread  # noqa: E402,F401
