# -*- coding: utf-8 -*-
"""Prints what a test shall read of live objects, as one JSON object, and waits for the end of its input."""
import collections
import json
import os
import sys
import threading

IS2 = sys.version_info[0] == 2


class Plain(object):
    shared = "of the class"

    def __init__(self):
        self._name = "plain"
        self.number = 7

    @property
    def computed(self):
        return "by code"


class Slots(object):
    __slots__ = ("first", "second", "unset")

    def __init__(self):
        self.first = "in a slot"
        self.second = 2


class Mixin(object):
    __slots__ = ()


class SlotsAndDict(Mixin, Slots):
    def __init__(self):
        Slots.__init__(self)
        self.more = "in the dict"


class Both(Mixin, Plain):
    pass


class MyInt(int):
    pass


class MyLong(type(2 ** 100)):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MyThread(threading.Thread):
    pass


def with_attribute(value):
    value.name = "attribute"
    return value


def many():
    value = Plain()
    for i in range(60):
        setattr(value, "a%d" % i, i)
    return value


def without():
    value = Plain()
    del value.number
    return value


def moved():
    value = collections.OrderedDict([("a", 1), ("b", 2), ("c", 3)])
    if not IS2:
        value.move_to_end("a")
    return value




plain = Plain()
dictful = Plain()
dictful.__dict__["late"] = "through the dict"
both = Both()
slots = Slots()
slots_and_dict = SlotsAndDict()
crowd = many()
holder = Plain()
holder.small = -5
holder.true = True
holder.zero = 0
holder.large = 2 ** 62 + 12345
holder.largest = 2 ** 63 - 1
holder.negative = -(2 ** 62) - 1
holder.latin = u"\u00e4\u00f6"
holder.wide = u"\u20ac 5"
holder.astral = u"\U0001f600!"
holder.empty = u""
holder.list = [1, "two", 3]
holder.tuple = (1, 2)
holder.nothing = []
holder.deque = collections.deque(range(200))
holder.deque.rotate(70)
holder.deque_of_some = collections.deque(["a", "b"], 2)
holder.set = set(range(40)) - set(range(0, 40, 3))
holder.frozen = frozenset([1, "two"])
holder.dict = {"a": 1, "b": "two", "gone": 3}
del holder.dict["gone"]
holder.many = dict(("k%d" % i, i) for i in range(1000))
holder.ordered = moved()
holder.child = both

done = threading.Event()
threads = [MyThread(target=done.wait, name=u"w\u00f6rker %d" % i if not IS2 else "worker %d" % i) for i in range(3)]
for thread in threads:
    thread.daemon = True
    thread.start()

THREAD_NAME = "_Thread__name" if IS2 else "_name"


def told(value):
    if isinstance(value, (set, frozenset)):
        return sorted(map(told, value), key=str)
    if isinstance(value, collections.OrderedDict):
        return [told(one) for pair in value.items() for one in pair]
    if isinstance(value, dict):
        return dict((key, told(one)) for key, one in value.items())
    if isinstance(value, (list, tuple, collections.deque)):
        return list(map(told, value))
    return int(value) if isinstance(value, bool) else value


def attributes():
    for owner, names in [
        (plain, "_name number shared"),
        (dictful, "_name late shared"),
        (both, "_name number shared"),
        (slots, "first second"),
        (slots_and_dict, "first second more"),
        (crowd, "_name a0 a31 a59"),
        (without(), "_name"),
        (with_attribute(MyInt(3)), "name"),
        (with_attribute(MyLong(-(2 ** 100))), "name"),
        (with_attribute(MyList([1])), "name"),
        (with_attribute(MyDict()), "name"),
        (Plain, "shared"),
        (Both, "shared"),
        (os, "sep"),
        (threads[1], THREAD_NAME),
        (holder, "small true zero large largest negative list tuple nothing deque deque_of_some set frozen dict many ordered"
                 + ("" if IS2 else " latin wide astral empty")),
    ]:
        KEPT.append(owner)
        for name in names.split():
            yield [id(owner), name, told(getattr(owner, name))]


def absent():
    for owner, name in [(plain, "nothing_like_it"), (plain, "computed"), (plain, "__init__"), (slots, "unset"), (without(), "number"), (slots, "more"), (os, "nothing_like_it")]:
        KEPT.append(owner)
        yield [id(owner), name]


def instances():
    main = "__main__"
    for owner, module, name, inherited in [
        (plain, main, "Plain", True),
        (both, main, "Plain", True),
        (both, main, "Mixin", True),
        (plain, main, "Both", False),
        (plain, "another", "Plain", False),
        (threads[0], "threading", "Thread", True),
        (threads[0], main, "MyThread", True),
        (holder.list, "builtins", "list", True),
        (holder.ordered, "builtins", "dict", True),
        (holder.ordered, "collections", "OrderedDict", True),
        (holder.deque, "collections", "deque", True),
        (with_attribute(MyInt(3)), "builtins", "int", True),
        (with_attribute(MyInt(3)), main, "int", False),
    ]:
        KEPT.append(owner)
        yield [id(owner), module, name, inherited]


KEPT = []
print(json.dumps({
    "attributes": list(attributes()),
    "absent": list(absent()),
    "instances": list(instances()),
    "modules": [["threading", id(threading)], ["os.path", id(sys.modules["os.path"])], ["not.imported", 0]],
    "threads": sorted(thread.name for thread in threading.enumerate()),
    "threadName": THREAD_NAME,
    "path": [id(holder), "child", "_name", both._name],
}))
sys.stdout.flush()
sys.stdin.read()
