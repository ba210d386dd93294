"""Blocked while an exception is on its way or being handled, one thread for each place."""
import os
import sys
import traceback

import oracle


def fail():
    raise KeyError("no such thing")


def in_except():
    try:
        fail()
    except KeyError:
        os.read(0, 1)


def in_finally_with_an_exception():
    try:
        try:
            fail()
        finally:
            os.read(0, 1)
    except KeyError:
        pass


def in_finally_by_return():
    try:
        return 1
    finally:
        os.read(0, 1)


def in_else():
    try:
        pass
    except KeyError:
        pass
    else:
        os.read(0, 1)


def in_the_exit_of_a_context():
    class Manager(object):
        def __enter__(self):
            pass

        def __exit__(self, kind, error, trace):
            os.read(0, 1)
            return True

    with Manager():
        fail()


def in_the_construction_of_an_exception():
    class Slow(Exception):
        def __init__(self):
            os.read(0, 1)

    try:
        raise Slow()
    except Slow:
        pass


def in_a_thrown_generator():
    def generator():
        try:
            yield
        except KeyError:
            os.read(0, 1)
        yield

    running = generator()
    next(running)
    running.throw(KeyError())


def in_a_closed_generator():
    def generator():
        try:
            yield
        finally:
            os.read(0, 1)

    running = generator()
    next(running)
    running.close()


def after_an_exception_was_formatted():
    try:
        fail()
    except KeyError:
        traceback.format_exc()
        sys.exc_info()[2].tb_frame.f_lineno
        os.read(0, 1)


newer = []
if sys.version_info[0] > 2:
    from newer_functions import in_a_chained_except
    newer = [in_a_chained_except]

oracle.crew(
    in_except, in_finally_with_an_exception, in_finally_by_return, in_else,
    in_the_exit_of_a_context, in_the_construction_of_an_exception, in_a_thrown_generator, in_a_closed_generator,
    after_an_exception_was_formatted, *newer)
