"""Python called by C called by Python: one thread for each kind of caller."""
from __future__ import print_function

import functools
import gc
import io
import json
import os
import re
import sys
import weakref

import oracle


def block(*_):
    os.read(0, 1)
    return 0


def sorted_with_a_key():
    sorted([1], key=lambda item: block(item))


def sort_with_a_comparison():
    [2, 1].sort(key=functools.cmp_to_key(lambda a, b: block(a, b)))


def map_in_a_list():
    list(map(block, [1]))


def filter_in_a_tuple():
    tuple(filter(block, [1]))


def reduce_of_two():
    functools.reduce(block, [1, 2])


def minimum_with_a_key():
    min([1, 2], key=block)


def iterator_with_a_sentinel():
    next(iter(block, None))


def partial_object():
    functools.partial(block, 1)()


def cached_function():
    functools.lru_cache(maxsize=None)(block)()


def json_object_hook():
    json.loads('{"a": 1}', object_hook=block)


def json_default():
    json.dumps(object(), default=block)


def regular_expression_replacement():
    re.sub("a", lambda match: str(block(match)), "a")


def finalizer():
    class Finalized(object):
        def __del__(self):
            block()

    thing = Finalized()
    del thing


def weak_reference_callback():
    class Watched(object):
        pass

    thing = Watched()
    watch = weakref.ref(thing, block)
    del thing
    return watch


def garbage_collection():
    class Cycle(object):
        def __del__(self):
            block()

    thing = Cycle()
    thing.itself = thing
    del thing
    gc.collect()


def operators():
    class Number(object):
        def __add__(self, other):
            return block(other)

    Number() + 1


def comparison():
    class Thing(object):
        def __eq__(self, other):
            return bool(block(other))

        def __hash__(self):
            return 1

    {Thing(): 1}.get(Thing())


def conversion_to_text():
    class Thing(object):
        def __repr__(self):
            return str(block())

    "%r" % (Thing(),)


def formatting():
    class Thing(object):
        def __format__(self, spec):
            return str(block(spec))

    "{:x}".format(Thing())


def length_and_truth():
    class Thing(object):
        def __len__(self):
            return block()

    bool(Thing())


def missing_key():
    class Table(dict):
        def __missing__(self, key):
            return block(key)

    Table()["a"]


def writing_to_a_file_object():
    class Sink(object):
        def write(self, text):
            return block(text)

    print("x", file=Sink())


def reading_a_raw_stream():
    class Raw(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            return block(buffer)

    io.BufferedReader(Raw()).read(1)


def tracing():
    def trace(frame, event, argument):
        sys.settrace(None)
        block(frame.f_code.co_name, event)

    def traced():
        return 1

    sys.settrace(trace)
    traced()


def profiling():
    def profile(frame, event, argument):
        sys.setprofile(None)
        block(event)

    sys.setprofile(profile)
    len("")


def building_a_class():
    class Meta(type):
        def __new__(mcs, name, bases, namespace):
            block()
            return type.__new__(mcs, name, bases, namespace)

    Meta("Built", (), {})


def descriptor_told_its_name():
    class Descriptor(object):
        def __set_name__(self, owner, name):
            block(owner, name)

    class Owner(object):
        field = Descriptor()


def importing_a_module():
    import blocked_module  # noqa: F401: its body blocks


newer = []
if sys.version_info[0] > 2:
    # 2.7 does not collect a cycle with a finalizer, has no cache of calls, and tells no descriptor its name.
    newer = [garbage_collection, cached_function, descriptor_told_its_name]

oracle.crew(
    sorted_with_a_key, sort_with_a_comparison, map_in_a_list, filter_in_a_tuple, reduce_of_two, minimum_with_a_key,
    iterator_with_a_sentinel, partial_object, json_object_hook, json_default,
    regular_expression_replacement, finalizer, weak_reference_callback, operators, comparison,
    conversion_to_text, formatting, length_and_truth, missing_key, writing_to_a_file_object, reading_a_raw_stream,
    tracing, profiling, building_a_class, importing_a_module, *newer)
