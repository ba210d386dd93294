"""Code objects whose line tables were replaced: no line at all, odd entries, and, to 3.9, tables of their own making."""
import os
import sys

import oracle


def template():
    os.read(0, 1)


def threads():
    code = template.__code__
    if sys.version_info >= (3, 11):
        length = len(code.co_code) // 2
        tables = [b"\xff" * (length // 8 + 1), long_form(length, 7, 0, 3, 9), long_form(length, -3, 2, 300, 5000), b"", b"\xff"]
        firsts = [10, 1000000]
    elif sys.version_info >= (3, 10):
        tables = [b"\xfe\x80" * 9, b"\xfe\x00" * 9, b"\x00\x7f\x00\x7f\xfe\x05", b"\x00\x81\x00\x81\xfe\x05", b"\x02\x05\x02\xfb\xfe\x80", b"\x02\x80\xfe\x03"]
        firsts = [5000, 1000000]
    else:
        tables = [b"", b"\x00\x7f" * 5, b"\x00\x81" * 5 + b"\x02\x80", b"\x02\x01\x02\xff\x02\x02", b"\xff\x00" * 3 + b"\x00\x05", b"\x00"]
        firsts = [5000, 1000000]
    name = "co_linetable" if sys.version_info >= (3, 10) else "co_lnotab"
    for table in tables:
        for first in firsts:
            yield run(oracle.replaced(code, co_firstlineno=first, **{name: table}))


def run(code):
    def thread():
        exec(code, {"os": os})

    return thread


def long_form(length, line, end, column, end_column):
    """Entries of PEP 657's long form: 0x80 | 14 << 3 | units - 1, then four variable-length numbers."""
    table = bytearray()
    while length > 0:
        units = min(length, 8)
        table.append(0x80 | 14 << 3 | units - 1)
        for number in ((-line << 1) | 1 if line < 0 else line << 1, end, column + 1, end_column + 1):
            while number > 63:
                table.append(0x40 | number & 63)
                number >>= 6
            table.append(number)
        length -= units
        line = end = 0
    return bytes(table)


oracle.crew(*threads())
