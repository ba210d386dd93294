# -*- coding: utf-8 -*-
"""A program whose own file name is not ASCII."""
import os

import oracle


def main():
    os.read(0, 1)  # é Ω 漢 😀


oracle.start()
main()
