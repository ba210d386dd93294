# coding: utf-8
"""Threads with names and exceptions of their own, and what the program says of both."""
import decimal
import os
import sys
import threading
import traceback

try:
    from _thread import start_new_thread
except ImportError:
    from thread import start_new_thread

import oracle

facts = []


def wait_here():
    note(sys._getframe(1).f_code.co_name)
    os.read(0, 1)


def note(function):
    """What the calling thread is called, and what it handles."""
    kind, error = sys.exc_info()[:2]
    line = traceback.format_exception_only(kind, error)[-1].rstrip("\n") if kind else None
    thread = threading._active.get(own_ident())
    facts.append({
        "function": function,
        "name": oracle.text(thread.name) if thread else None,
        "exception": oracle.text(line.replace("\n", "\\n").replace("\x1b", "\\x1b")) if line else None,
    })


def own_ident():
    return threading.get_ident() if hasattr(threading, "get_ident") else threading._get_ident()


class Failure(Exception):
    class Inner(Exception):
        pass


def nothing():
    wait_here()


def key_error():
    try:
        {}["x"]
    except KeyError:
        wait_here()


def after_one_was_handled():
    try:
        {}["x"]
    except KeyError:
        pass
    wait_here()


def handled_by_a_function_that_has_returned():
    quietly()
    wait_here()


def quietly():
    try:
        {}["x"]
    except KeyError:
        pass


def one_in_another():
    try:
        {}["outer"]
    except KeyError:
        try:
            int("inner")
        except ValueError:
            wait_here()


def no_such_file():
    try:
        open("/no/such/file")
    except EnvironmentError:
        wait_here()


def two_files():
    try:
        os.rename("/no/such/file", "/nor/this one")
    except EnvironmentError:
        wait_here()


def without_a_file():
    try:
        os.read(-1, 1)
    except EnvironmentError:
        wait_here()


def of_words():
    try:
        raise EnvironmentError("only words")
    except EnvironmentError:
        wait_here()


def own_class():
    try:
        raise Failure("C:\\path 'quoted'")
    except Failure:
        wait_here()


def class_in_a_class():
    try:
        raise Failure.Inner(Failure)
    except Failure.Inner:
        wait_here()


def class_of_a_module():
    try:
        raise decimal.InvalidOperation("of decimal")
    except decimal.InvalidOperation:
        wait_here()


def without_a_message():
    try:
        raise ValueError()
    except ValueError:
        wait_here()


def with_an_empty_message():
    try:
        raise ValueError("")
    except ValueError:
        wait_here()


def of_several_arguments():
    try:
        raise ValueError(1, "two", None)
    except ValueError:
        wait_here()


def of_a_number():
    try:
        raise ValueError(2.5)
    except ValueError:
        wait_here()


def of_an_exception():
    try:
        raise RuntimeError(KeyError("inner"))
    except RuntimeError:
        wait_here()


def of_two_lines():
    try:
        raise ValueError("one\ntwo \x1b[31m")
    except ValueError:
        wait_here()


def generators_without_their_own():
    def inner():
        wait_here()
        yield

    def outer():
        for one in inner():
            yield one

    try:
        {}["of the caller"]
    except KeyError:
        next(outer())


def generator_with_its_own():
    def generator():
        try:
            int("of the generator")
        except ValueError:
            wait_here()
        yield

    try:
        {}["of the caller"]
    except KeyError:
        next(generator())


def suspended_generator_with_its_own():
    def generator():
        try:
            int("of the generator")
        except ValueError:
            yield
        yield

    one = generator()
    next(one)
    wait_here()


def spins():
    try:
        {}["while it runs"]
    except KeyError:
        note("spins")
        oracle.here_i_run()
        while True:
            pass


def renamed():
    threading.current_thread().name = "its second name"
    wait_here()


def known_by_its_use():
    threading.current_thread()
    wait_here()


def not_known_to_threading():
    wait_here()


def say_facts():
    oracle.say(pid=os.getpid(), facts=facts)


functions = [
    nothing, key_error, after_one_was_handled, handled_by_a_function_that_has_returned, one_in_another, no_such_file, two_files, without_a_file, of_words, own_class,
    class_in_a_class, class_of_a_module, without_a_message, with_an_empty_message, of_several_arguments, of_a_number, of_an_exception, of_two_lines,
    generators_without_their_own, generator_with_its_own, suspended_generator_with_its_own, renamed]
names = {
    "nothing": u"a name of more than fifteen bytes", "key_error": u"é Ω 漢 😀", "of_words": u"two\nlines"}
if sys.version_info[0] == 2:
    names = dict((function, name.encode("utf-8")) for function, name in names.items())
oracle.report = say_facts
oracle.start(blocked=len(functions) + 3, running=1)
threading.current_thread().name = "the main one, renamed"
for function in functions + [spins]:
    thread = threading.Thread(target=function, name=names.get(function.__name__))
    thread.daemon = True
    thread.start()
start_new_thread(known_by_its_use, ())
start_new_thread(not_known_to_threading, ())
wait_here()
