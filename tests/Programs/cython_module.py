"""Python called by Cython called by Python: one thread for each kind of function that Cython makes."""
import os
import sys

sys.path.insert(0, sys.argv[1])

import cyhang  # noqa: E402: it is in the folder that the test names
import oracle  # noqa: E402


def block():
    os.read(0, 1)


def a_method():
    cyhang.outer(block)


def a_cpdef_method():
    cyhang.outer(block, kind="step")


def a_lambda():
    cyhang.outer(block, kind="lambda")


def a_generator():
    cyhang.outer(block, kind="generator")


oracle.crew(a_method, a_cpdef_method, a_lambda, a_generator)
