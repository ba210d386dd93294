"""A program that dies of a segmentation fault, as a broken C extension does: it reads from an address where nothing is."""

import ctypes


def read_header(address):
    return ctypes.string_at(address)


def load(path):
    return read_header(0x75BCD15)


load("model.bin")
