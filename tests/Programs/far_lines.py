"""Line tables under strain: far and backward jumps, wide columns, long functions. The code is made here, and so is its file."""
import ast
import os
import tempfile

import oracle

READ = "os.read(0, 1)"


def gaps():
    """One call after each of the gaps that need one or more entries in a table."""
    text = "def gap(stop):\n    number = 0\n"
    for count in (1, 2, 7, 126, 127, 128, 129, 253, 254, 255, 256, 257, 300, 1000, 40000):
        text += "\n" * (count - 1) + "    number += 1; number == stop and %s\n" % READ
    return text


def wide():
    """A call at columns behind 127, 255, 256 and 1,000."""
    text = "def wide(stop):\n"
    for number, width in enumerate((60, 80, 120, 127, 128, 200, 255, 256, 257, 1000, 3000)):
        text += "    x = '%s'; stop == %d and %s\n" % ("y" * width, number, READ)
    return text


def long_function(calls):
    """A function with more bytecode than 64 KiB, blocked at its end: the instruction's offset needs three bytes."""
    text = "def long_function(x):\n"
    for _ in range(calls):
        text += "    x = x + 1 if x < 2 else x - 1\n"
    return text + "    return " + READ + "\n"


def long_lines(calls):
    """The same on a single line: every entry of the table has a line increment of zero."""
    return "def long_line(x):\n    " + "; ".join(["x = (x, x)[0]"] * calls) + "; return " + READ + "\n"


def moved(name, lines, columns):
    """A function whose tree says that its calls stand somewhere else: backwards, far apart, in no order."""
    text = "def %s(stop):\n" % name
    for number in range(len(lines)):
        text += "    stop == %d and %s\n" % (number, READ)
    tree = ast.parse(text)
    for number, statement in enumerate(tree.body[0].body):
        for node in ast.walk(statement):
            if hasattr(node, "lineno"):
                node.lineno = lines[number]
                node.end_lineno = lines[number] + number
                node.col_offset = columns[number % len(columns)]
                node.end_col_offset = columns[number % len(columns)] + 10 + number
    return tree


BACKWARDS = [5000, 4000, 3873, 3872, 3700, 3444, 3443, 3187, 2, 1, 100000, 1000, 65536, 65535, 3, 2, 500000, 1]
COLUMNS = [0, 1, 9, 10, 79, 80, 127, 128, 255, 256, 4000, 70000]


def load(tree, name, file):
    space = {"os": os}
    exec(compile(tree, file, "exec"), space)
    return space[name]


def stops(function, count):
    for stop in range(count):
        thread = (lambda stop: lambda: function(stop))(stop)
        thread.__name__ = "%s_%d" % (function.__name__, stop)
        yield thread


folder = tempfile.mkdtemp()
made = os.path.join(folder, "made.py")
with open(made, "w") as file:
    file.write(gaps() + wide())

threads = list(stops(load(gaps(), "gap", made), 16))[1:]
threads += stops(load(wide(), "wide", made), 11)
threads += stops(load(moved("backwards", BACKWARDS, [4]), "backwards", "backwards"), len(BACKWARDS))
threads += stops(load(moved("columns", [7] * 24, COLUMNS), "columns", "columns"), 24)
threads += stops(load(long_function(4000), "long_function", "long"), 1)
threads += stops(load(long_lines(8000), "long_line", "long"), 1)
try:
    oracle.crew(*threads)
finally:
    os.remove(made)
    os.rmdir(folder)
