"""Says of code objects of the standard library where each of their instructions comes from: a block for each.

    line_tables.py STRIDE     every STRIDE-th file; each file's code objects are all shown

"code FIRSTLINE TABLE" (hexadecimal), then "OFFSET LINE ENDLINE COLUMN ENDCOLUMN" for each instruction ("-" for None), and "end" after all of them.
The lines are the interpreter's own: co_positions() from 3.11 on, co_lines() in 3.10, dis before.
"""
import dis
import os
import sys


def positions(code):
    if hasattr(code, "co_positions"):
        for unit, (line, end, column, end_column) in enumerate(code.co_positions()):
            yield 2 * unit, line, end, column, end_column
    elif hasattr(code, "co_lines"):
        for start, end, line in code.co_lines():
            for offset in range(start, end, 2):
                yield offset, line, None, None, None
    else:
        starts = dict(dis.findlinestarts(code))
        line = code.co_firstlineno
        for offset in range(len(code.co_code)):
            line = starts.get(offset, line)
            yield offset, line, None, None, None


def blocks(code):
    table = code.co_linetable if hasattr(code, "co_linetable") else code.co_lnotab
    yield "code %d %s" % (code.co_firstlineno, "".join("%02x" % byte for byte in bytearray(table)) or "-")
    for position in positions(code):
        yield " ".join("-" if value is None else str(value) for value in position)
    for constant in code.co_consts:
        if isinstance(constant, type(code)):
            for line in blocks(constant):
                yield line


def main():
    folder = os.path.dirname(os.__file__)
    files = []
    for root, _, names in os.walk(folder):
        if "site-packages" not in root and "test" not in root:
            files += [os.path.join(root, name) for name in names if name.endswith(".py")]
    for path in sorted(files)[::int(sys.argv[1])]:
        try:
            with open(path, "rb") as source:
                code = compile(source.read(), path, "exec")
        except (SyntaxError, ValueError, TypeError):
            continue  # files that shall not compile, such as lib2to3's
        sys.stdout.write("\n".join(blocks(code)) + "\n")
    sys.stdout.write("end\n")
    sys.stdout.flush()


main()
