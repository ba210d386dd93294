"""Its interpreter is shutting down and still runs Python: the finalizer of an object that lives in a module."""
import os


class LastWords(object):
    def __init__(self):
        self.read = os.read
        self.write = os.write

    def __del__(self):
        self.write(1, b"finalizing\n")
        self.read(0, 1)


words = LastWords()
