"""What the threads of these programs do all the time, so written that a wrong stack or variable can be recognised.

A test reads the comments (tests/Engine/Sessions/Freeze/FreezeRules.cs):

    # -> names       a function that is called from this line has one of these names (name*: begins with it)
    # 2 -> names     and the caller's variable "now" ends with a 2 for as long as the call lasts
    # root           on the line of a def: nothing calls it but C
    # one at a time  on the line of a def: only one thread of an interpreter is in it at any moment

And it knows the variables by their names, in every frame that has them:

    me      the thread's own number: one for all frames of a thread, and no two threads have the same
    depth   one more than the caller's
    step    the caller's; the thread's outermost one counts it on, so it never goes back
    had     the caller's "now", which does not change while a call lasts; the caller's step where it has no "now"
    togo    one less than the caller's, if it calls itself
    now     (step, phase)
    text, box, table, nest   made anew from me, depth and step again and again, in several sizes
    tid     the id of the thread, as the kernel has it
"""
import functools
import time

hand_on = None  # one of the functions of handing.py


def leaf(me, depth, step, had):
    now = (step, 1)
    text = ("%d:%d:%d;" % (me, depth, step)) * (1 + step % 4)
    hand_on(me, depth + 1, step, now)  # 1 -> hand_on*
    now = (step, 2)
    box = [me, depth, step] * (1 + step % 4)


def left(me, depth, step, had):
    now = (step, 1)
    leaf(me, depth + 1, step, now)  # 1 -> leaf
    now = (step, 2)
    left_inner(me, depth + 1, step, now)  # 2 -> left_inner


def left_inner(me, depth, step, had):
    now = (step, 1)
    leaf(me, depth + 1, step, now)  # 1 -> leaf


def right(me, depth, step, had):
    now = (step, 1)
    right_inner(me, depth + 1, step, now)  # 1 -> right_inner
    now = (step, 2)
    leaf(me, depth + 1, step, now)  # 2 -> leaf


def right_inner(me, depth, step, had):
    now = (step, 1)
    table = {"me": me, "depth": depth, "step": step}
    leaf(me, depth + 1, step, now)  # 1 -> leaf
    table = None


def alternate(me, depth, step, had):
    now = (step, 1)
    left(me, depth + 1, step, now)  # 1 -> left
    now = (step, 2)
    right(me, depth + 1, step, now)  # 2 -> right
    now = (step, 3)
    left_inner(me, depth + 1, step, now); right_inner(me, depth + 1, step, now)  # 3 -> left_inner right_inner


def down_even(me, depth, step, had, togo):
    now = (step, 1)
    if togo:
        down_odd(me, depth + 1, step, now, togo - 1)  # 1 -> down_odd
    else:
        now = (step, 2)
        leaf(me, depth + 1, step, now)  # 2 -> leaf
    now = (step, 3)


def down_odd(me, depth, step, had, togo):
    now = (step, 1)
    text = "%d:%d:%d;" % (me, depth, step)
    if togo:
        down_even(me, depth + 1, step, now, togo - 1)  # 1 -> down_even
    else:
        now = (step, 2)
        right(me, depth + 1, step, now)  # 2 -> right


def recurse(me, depth, step, had):
    now = (step, 1)
    down_even(me, depth + 1, step, now, step * 7 % 23)  # 1 -> down_even
    now = (step, 2)
    # Over more than one chunk of the memory in which 3.11 and later keep frames (16 KiB).
    down_odd(me, depth + 1, step, now, 150 if step % 16 == 0 else 1)  # 2 -> down_odd


def numbers(me, depth, step, had):
    now = (step, 1)
    yield give(me, depth + 1, step, now)  # 1 -> give
    now = (step, 2)
    nest = ((step, me), [step, {step: me}])
    yield give(me, depth + 1, step, now)  # 2 -> give


def give(me, depth, step, had):
    now = (step, 1)
    hand_on(me, depth + 1, step, now)  # 1 -> hand_on*
    return step


def delegating(me, depth, step, had):
    now = (step, 1)
    yield from numbers(me, depth + 1, step, now)  # 1 -> numbers
    now = (step, 2)
    yield from numbers(me, depth + 1, step, now)  # 2 -> numbers


def generate(me, depth, step, had):
    now = (step, 1)
    for _ in numbers(me, depth + 1, step, now):  # 1 -> numbers
        give(me, depth + 1, step, now)  # 1 -> give
    now = (step, 2)
    for _ in delegating(me, depth + 1, step, now):  # 2 -> delegating
        leaf(me, depth + 1, step, now)  # 2 -> leaf


class Failure(Exception):
    pass


def fail(me, depth, step, had, togo):
    now = (step, 1)
    try:
        if togo:
            fail(me, depth + 1, step, now, togo - 1)  # 1 -> fail
        raise Failure(step)
    finally:
        now = (step, 2)
        give(me, depth + 1, step, now)  # 2 -> give


def unwind(me, depth, step, had):
    now = (step, 1)
    try:
        fail(me, depth + 1, step, now, step % 9)  # 1 -> fail
    except Failure:
        now = (step, 2)
        leaf(me, depth + 1, step, now)  # 2 -> leaf
    now = (step, 3)


class Thing(object):
    def __init__(self, me, depth, step, had):
        now = (step, 1)
        give(me, depth + 1, step, now)  # 1 -> give

    def __call__(self, me, depth, step, had):
        now = (step, 1)
        left_inner(me, depth + 1, step, now)  # 1 -> left_inner


def keyed(me, depth, step, had, item):
    now = (step, 1)
    give(me, depth + 1, step, now)  # 1 -> give
    return item


def through_c(me, depth, step, had):
    now = (step, 1)
    list(map(leaf, (me,), (depth + 1,), (step,), (now,)))  # 1 -> leaf
    now = (step, 2)
    thing = Thing(me, depth + 1, step, now)  # 2 -> __init__
    thing(me, depth + 1, step, now)  # 2 -> __call__
    now = (step, 3)
    max((1, 2), key=functools.partial(keyed, me, depth + 1, step, now))  # 3 -> keyed


def change(me, depth, step, had):
    for turn in range(8):
        now = (step, 1)
        text = ("%d:%d:%d;" % (me, depth, step)) * (1 + turn % 4)
        box = [me, depth, step] * (1 + turn % 4)
        table = {"me": me, "depth": depth, "step": step}
        nest = ((step, me), [step, {step: me}])
        now = (step, 2)
        give(me, depth + 1, step, now)  # 2 -> give
        now = (step, 3)
        text = box = table = nest = None


HABITS = alternate, recurse, generate, unwind, through_c, change
