"""No oracle, no second thread ever: the test knows this program's stack by heart."""
import os


def inner():
    os.write(1, b"ready\n") and os.read(0, 1)


def outer():
    inner()


outer()
