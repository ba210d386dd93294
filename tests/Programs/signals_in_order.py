"""Takes queued real-time signals one at a time, in a handler of C's, and prints the values that came with them."""
import ctypes
import os
import signal
import sys
import threading

EXPECTED = int(sys.argv[1])
NUMBER = signal.SIGRTMIN + 3
SA_SIGINFO = 4
VALUE = 24  # offset of si_value in siginfo_t of 64-bit Linux
libc = ctypes.CDLL(None, use_errno=True)
received = []


class Action(ctypes.Structure):
    """struct sigaction of glibc on x86-64 and aarch64."""
    _fields_ = [("handler", ctypes.c_void_p), ("mask", ctypes.c_ubyte * 128), ("flags", ctypes.c_int),
                ("restorer", ctypes.c_void_p)]


@ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def handler(number, info, context):
    received.append(ctypes.c_int.from_address(info + VALUE).value)


def take_all():
    # The signal is blocked everywhere but inside of sigsuspend: there no Python code can be interrupted by the handler.
    nothing = (ctypes.c_ubyte * 128)()
    while len(received) < EXPECTED:
        libc.sigsuspend(ctypes.byref(nothing))


def spin():
    while True:
        sum(range(100))


def block():
    """signal.pthread_sigmask, which 2.7 does not have."""
    SIG_BLOCK = 0
    mask = (ctypes.c_ubyte * 128)()
    mask[(NUMBER - 1) // 8] = 1 << (NUMBER - 1) % 8
    assert libc.pthread_sigmask(SIG_BLOCK, ctypes.byref(mask), None) == 0


block()
action = Action(ctypes.cast(handler, ctypes.c_void_p), (ctypes.c_ubyte * 128)(), SA_SIGINFO, None)
assert libc.sigaction(NUMBER, ctypes.byref(action), None) == 0
thread = threading.Thread(target=spin)
thread.daemon = True
thread.start()
os.write(1, b"%d\n" % NUMBER)
take_all()
os.write(1, (" ".join(str(value) for value in received) + "\n").encode())
sys.stdin.read()
