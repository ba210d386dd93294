# -*- coding: utf-8 -*-
"""Expressions and calls that go over several lines: the line is where the call begins, or where its argument does."""
import os
import sys

import oracle


def take(*arguments, **keywords):
    return arguments, keywords


def call_over_lines():
    take(
        1,
        os.read(
            0,
            1,
        ),
        key=2,
    )


def method_chain():
    return (
        "text"
        .upper()
        .join([
            str(os.read(0, 1)),
        ])
        .strip()
    )


def binary_operation():
    return (1
            + 2
            + len(os.read(
                0, 1))
            + 3)


def boolean_operation():
    return (False
            or None
            or os.read(0,
                       1)
            or 1)


def conditional():
    return (1
            if os.read(0, 1)
            else 2)


def literal():
    return {
        "first": 1,
        "second": [
            2,
            os.read(0, 1),
        ],
    }


def subscript():
    return {0: 1}[
        len(os.read(
            0, 1))
    ]


def statements_on_a_line():
    first = 1; second = os.read(0, 1); return first, second


def backslashes():
    result = 1 + \
        len( \
            os.read(0, 1)) + \
        2
    return result


def keyword_arguments():
    take(first=1,
         second=(lambda value:
                 os.read(0, value))(1),
         third=3)


def decorators():
    def decorate(value):
        return lambda function: function

    @decorate(1)
    @decorate(
        os.read(0, 1))
    @decorate(3)
    def decorated():
        pass

    return decorated


def assertion():
    assert (1
            and not os.read(0, 1)), "x"


def looped():
    while (not
           os.read(0, 1)
           and False):
        pass


def comparison():
    return (0
            < len(os.read(0, 1))
            < 3)


def returned():
    return take(
        1)[0] + (
        os.read(0, 1),)


def tabs():
	if True:
		take(	os.read(0, 1)	)


def wide():
    return take("é", "漢字", "😀", os.read(0, 1), "é")


newer = []
if sys.version_info[0] > 2:
    from newer_functions import text_with_values, unpacking
    newer = [text_with_values, unpacking]

oracle.crew(
    call_over_lines, method_chain, binary_operation, boolean_operation, conditional, literal, subscript,
    statements_on_a_line, backslashes, keyword_arguments, decorators, assertion,
    looped, comparison, returned, tabs, wide, *newer)
