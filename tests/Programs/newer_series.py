"""Values that depend on the layout of types: says repr() of those that every series shows, then waits with them."""
import enum
import os


class Color(enum.Enum):
    RED = 1


class Plain(object):
    pass


def waits():
    built_in = int
    member = Color.RED
    module = os
    kind = Color
    own = Plain
    print("\t".join(map(repr, (built_in, member, module, kind))), flush=True)
    os.read(0, 1)


waits()
