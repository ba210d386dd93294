# -*- coding: utf-8 -*-
"""Stands in a function that has one of every kind of value."""
import array
import collections
import datetime
import decimal
import os
import sys
import time
import types

from tell_values import IS2, tell

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
Point = collections.namedtuple("Point", "x y")
if IS2:
    from urlparse import urlsplit
else:
    from urllib.parse import urlsplit

    xrange = range


class Plain(object):
    def __init__(self):
        self.a = 1


class Slots(object):
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1


class MyInt(int):
    pass


class MyFloat(float):
    pass


class MyStr(str):
    pass


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyTuple(tuple):
    pass


class MyOrdered(collections.OrderedDict):
    pass


class MyCounter(collections.Counter):
    pass


class Place(Point):
    pass


class MyError(ValueError):
    pass


def numbers():
    none = None
    true = True
    false = False
    zero = 0
    one = 1
    minus = -1
    digit = 2 ** 30 - 1
    minus_digit = -(2 ** 30 - 1)
    two_digits = 2 ** 30
    minus_two_digits = -(2 ** 59) - 7
    three_digits = 2 ** 60
    minus_large = -(2 ** 90) - 12345
    googol = 10 ** 70
    just_fits = 10 ** 79 - 1
    too_long = 3 ** 1000
    power = 10 ** 20000
    below_power = 10 ** 20000 - 1
    minus_above_power = -(10 ** 20000) - 1
    nines_and_zeros = 10 ** 9000 - 10 ** 4000
    all_bits = (1 << 99990) - 1
    one_bit = 1 << 99990
    in_a_list = [0, 7 ** 30000, 1]
    small_floats = [0.0, -0.0, 1.0, 0.1, 1e16, 1e15, 123456.75]
    other_floats = [1e-4, 1e-5, 1.5e300, 5e-324, float("inf")]
    last_floats = [float("-inf"), float("nan"), 123456789.123, 1e22, 2.0 ** 70]
    complexes = [1j, 1 + 2j, -1.5 - 0.5j, complex(0.0, -0.0), complex(-0.0, 1)]
    own_int = MyInt(7)
    own_float = MyFloat(1.5)
    tell(numbers.__code__, locals())


def texts():
    empty = ""
    text = "plain text"
    quotes = "it's"
    doubles = 'say "so"'
    both = "it's \"both\""
    escapes = "tab\tnew\nreturn\rback\\slash nul\0 bell\x07 del\x7f"
    long_text = "x" * 100
    just_fits = "y" * 78
    one_too_many = "z" * 79
    data = b"bytes 'quoted'"
    control = b"line\nnext\ttab\\"
    binary = b"\x00\x01\xff"
    array_of_bytes = bytearray(b"array")
    shifted = bytearray(b"abcdefgh")
    del shifted[:3]
    unicode_text = u"caf\xe9 \u03a9 \u6f22 'x'"
    astral = u"smile \U0001f600"
    own_text = MyStr("own")
    tell(texts.__code__, locals())


def containers():
    list_ = [1, "two", 3.0, None, [4, [5]], (6,)]
    empty_list = []
    long_list = list(range(1000))
    tuple_ = (1, 2)
    single = (1,)
    empty_tuple = ()
    dict_ = {"a": 1}
    empty_dict = {}
    of_numbers = {1: "one"}
    of_both = {(1, 2): [3]}
    deleted = dict((str(i), i) for i in range(20))
    for key in list(deleted):
        if key not in ("3", "17"):
            del deleted[key]
    numbered = dict((i, i) for i in range(300))
    many = dict((str(i), i) for i in range(70000))
    set_ = set([1, 2, 3])
    empty_set = set()
    removed = set(range(30))
    for key in range(1, 30):
        removed.discard(key)
    texts_removed = set(["a", "b", "c", "d"])
    texts_removed.discard("a")
    texts_removed.discard("c")
    texts_removed.discard("d")
    frozen = frozenset([1])
    empty_frozen = frozenset()
    circle = [1]
    circle.append(circle)
    dict_circle = {}
    dict_circle["self"] = dict_circle
    tuple_circle = ([],)
    tuple_circle[0].append(tuple_circle)
    deep = []
    for key in range(30):
        deep = [deep]
    instance = Plain()
    instance.b = [2]
    of_instance = instance.__dict__
    other = Plain()
    other.b = 3
    del other.a
    other.a = 4
    of_other = other.__dict__
    named = Point(1, "two")
    sub_named = Place(1, "two")
    split = urlsplit("http://host/path")
    if not IS2:
        gm_time = time.gmtime(0)
        version = sys.version_info
    ordered = collections.OrderedDict([("a", 1), ("b", [2])])
    empty_ordered = collections.OrderedDict()
    moved = collections.OrderedDict([(1, "one"), (2, "two"), (3, "three")])
    moved[1] = moved.pop(1)
    if not IS2:
        moved.move_to_end(3, last=False)
    own_ordered = MyOrdered(a=1)
    default = collections.defaultdict(list, {"a": [1]})
    no_default = collections.defaultdict(None, {1: 2})
    default_circle = collections.defaultdict(int)
    counter = collections.Counter("abracadabra")
    counter.subtract("ccc")
    own_counter = MyCounter("aab")
    empty_counter = collections.Counter()
    counter_of_many = collections.Counter(dict((i, i % 7) for i in range(500)))
    deque_ = collections.deque([1, "two"])
    bounded = collections.deque([1, 2, 3], maxlen=2)
    empty_deque = collections.deque()
    shifted_deque = collections.deque(range(130))
    for key in range(120):
        shifted_deque.popleft()
    if not IS2:
        chain = collections.ChainMap({"a": 1}, {2: "b"})
        proxy = types.MappingProxyType({"a": 1})
    if sys.version_info >= (3, 9):
        namespace = types.SimpleNamespace(b=1, a="x")
    own_list = MyList([1])
    own_dict = MyDict(a=1)
    own_set = MySet([1])
    own_tuple = MyTuple((1, 2))
    tell(containers.__code__, locals())


def objects():
    range_ = xrange(3)
    range_from = xrange(2, 10)
    range_step = xrange(10, 1, -3)
    function = objects
    builtin = len
    method = [].append
    class_ = Plain
    builtin_class = int
    module_class = collections.OrderedDict
    date_class = datetime.date
    module = os
    main_module = sys.modules["__main__"]
    builtin_module = sys
    error = ValueError("a message")
    error_of_two = OSError(2, "No such file")
    own_error = MyError()
    date = datetime.date(2024, 2, 29)
    time_ = datetime.time(1, 2)
    time_of_seconds = datetime.time(23, 59, 58, 999)
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5, 6)
    midnight = datetime.datetime(1999, 12, 31)
    delta = datetime.timedelta(1, 2, 3)
    no_delta = datetime.timedelta(0)
    minus_delta = datetime.timedelta(-1, 30)
    plain = Plain()
    slots = Slots()
    number = decimal.Decimal("1.5")
    numbers_ = array.array("i", [1])
    ellipsis_ = Ellipsis
    not_implemented = NotImplemented
    tell(objects.__code__, locals())


{"numbers": numbers, "texts": texts, "containers": containers, "objects": objects}[sys.argv[1]]()
