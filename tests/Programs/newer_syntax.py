"""What came after 3.8, each compiled from text where the version has it: one thread each."""
import os
import sys

import oracle

TEXTS = {
    (3, 8): [
        "def work(a, /, b=1, *, c=2):\n    if (n := os.read(0, 1)):\n        pass\n\n\ndef thread():\n    work(1)\n",
        "def thread():\n    return f'{os.read(0, 1)=}'\n",
    ],
    (3, 10): [
        "class Point:\n    __match_args__ = ('x',)\n    @property\n    def x(self):\n        return os.read(0, 1)\n\n\n"
        "def thread():\n    match Point():\n        case Point(1):\n            pass\n        case _:\n            pass\n",
        "def thread():\n    match 1:\n        case 1 if (\n                os.read(0, 1)):\n            pass\n        case _:\n            pass\n",
        "class Manager:\n    def __enter__(self):\n        os.read(0, 1)\n    def __exit__(self, *error):\n        pass\n\n\n"
        "def thread():\n    with (\n        Manager() as first,\n    ):\n        pass\n",
    ],
    (3, 11): [
        "def thread():\n    try:\n        raise ExceptionGroup('g', [ValueError(1), KeyError(2)])\n"
        "    except* ValueError:\n        pass\n    except* KeyError:\n        os.read(0, 1)\n",
    ],
    (3, 12): [
        "def thread():\n    def generic[T: os.read(0, 1)](value: T) -> T:\n        return value\n    generic.__type_params__[0].__bound__\n",
        "def thread():\n    class Generic[T]:\n        os.read(0, 1)\n",
        "def thread():\n    type Alias[T] = os.read(0, 1)\n    Alias.__value__\n",
        "def thread():\n    return f'{f'{os.read(0, 1)}'}'\n",
        "def thread():\n    return [[os.read(0, 1) for x in [1]] for y in [1] if y]\n",
    ],
    (3, 13): [
        "def thread():\n    def generic[T = os.read(0, 1)]():\n        pass\n    generic.__type_params__[0].__default__\n",
    ],
    (3, 14): [
        "def thread():\n    def annotated(value: os.read(0, 1)):\n        pass\n    annotated.__annotations__\n",
        "def thread():\n    class Annotated:\n        field: os.read(0, 1)\n    Annotated.__annotations__\n",
        "def thread():\n    return t'{os.read(0, 1)}'\n",
        "def thread():\n    try:\n        raise KeyError\n    except KeyError, ValueError:\n        os.read(0, 1)\n",
    ],
}


def threads():
    for version in sorted(TEXTS):
        for number, text in enumerate(TEXTS[version]):
            if sys.version_info >= version:
                space = {"os": os}
                exec(compile(text, "<%d.%d number %d>" % (version + (number,)), "exec"), space)
                yield space["thread"]


oracle.crew(*threads())
