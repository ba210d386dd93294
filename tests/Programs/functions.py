"""The ways to define and call a function, one thread each."""
import contextlib
import functools
import os

import oracle


def nested_functions():
    def middle():
        def inner():
            os.read(0, 1)

        inner()

    middle()


def lambdas():
    (lambda outer: (lambda: os.read(0, 1))())(1)


def closures():
    held = [0]

    def use():
        held[0] = os.read(0, 1)

    use()


class Thing(object):
    def method(self):
        os.read(0, 1)

    @classmethod
    def class_method(cls):
        os.read(0, 1)

    @staticmethod
    def static_method():
        os.read(0, 1)

    @property
    def value(self):
        return os.read(0, 1)

    def __getattr__(self, name):
        return os.read(0, 1)

    def __call__(self):
        os.read(0, 1)

    def __getitem__(self, key):
        return os.read(0, 1)

    def __iter__(self):
        os.read(0, 1)
        return iter(())


class Made(object):
    def __init__(self):
        os.read(0, 1)


class Allocated(object):
    def __new__(cls):
        os.read(0, 1)
        return object.__new__(cls)


class Derived(Thing):
    def method(self):
        super(Derived, self).method()


def methods():
    Thing().method()


def class_methods():
    Thing.class_method()


def static_methods():
    Thing.static_method()


def properties():
    Thing().value


def missing_attributes():
    Thing().anything


def callable_objects():
    Thing()()


def subscripts():
    Thing()[1]


def iteration():
    for _ in Thing():
        pass


def initialisers():
    Made()


def allocators():
    Allocated()


def inherited_methods():
    Derived().method()


def class_bodies():
    class Outer(object):
        class Inner(object):
            os.read(0, 1)


def decorated(function):
    @functools.wraps(function)
    def wrapper(*arguments, **keywords):
        return function(*arguments, **keywords)

    return wrapper


@decorated
@decorated
def decorators():
    os.read(0, 1)


def default_arguments():
    def later(value=os.read(0, 1)):
        return value

    later()


class Manager(object):
    def __init__(self, enter, leave):
        self.enter, self.leave = enter, leave

    def __enter__(self):
        if self.enter:
            os.read(0, 1)

    def __exit__(self, *error):
        if self.leave:
            os.read(0, 1)


def entering_a_context():
    with Manager(True, False):
        pass


def leaving_a_context():
    with Manager(False, True):
        pass


def leaving_a_context_by_return():
    with Manager(False, True):
        return 1


def inside_a_context():
    with Manager(False, False), Manager(False, False):
        os.read(0, 1)


@contextlib.contextmanager
def managed():
    os.read(0, 1)
    yield


def generator_based_context():
    with managed():
        pass


oracle.crew(
    nested_functions, lambdas, closures, methods, class_methods, static_methods, properties, missing_attributes,
    callable_objects, subscripts, iteration, initialisers, allocators, inherited_methods, class_bodies, decorators,
    default_arguments, entering_a_context, leaving_a_context, leaving_a_context_by_return, inside_a_context,
    generator_based_context)
