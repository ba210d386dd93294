"""Names and values that would drive, hide in or turn around a terminal: of a function, a file, variables, threads, the process, and in its arguments."""

import ctypes
import sys
import threading

NASTY = ("\x1b]52;c;ZXZpbA==\x07\x1b[31mRED\x1b[0m\rOVER\x9b31m\u202eRTL\u200b\u2066\x00N\x7f\x08\u2028X\u061c\u00ad\ufeff"
         "\U000e0041\u2060\ufe0f\U000e0100\u180b\ue000\U000f0000\u3164\udc9b\ufffe\uffff")


def wait():
    ready.release()
    sys.stdin.read()


ready = threading.Semaphore(0)
scope = {"wait": wait}
exec(compile("def f(argument, *, key=1):\n  local=argument\n  wait()\n", "x.py", "exec"), scope)
f = scope["f"]
changes = {"co_name": "fn" + NASTY, "co_filename": "ev" + NASTY + ".py", "co_varnames": ("a" + NASTY, "k" + NASTY, "l" + NASTY)}
if sys.version_info >= (3, 11):
    changes["co_qualname"] = "Q" + NASTY
f.__code__ = f.__code__.replace(**changes)

set_name = ctypes.CDLL(None).prctl
PR_SET_NAME = 15  # linux/prctl.h
Class = type("Class\x1b[7m\u202e", (), {})


def thread():
    set_name(PR_SET_NAME, b"th\x1b[2J\r\x07\xe2\x80\xae\xff", 0, 0, 0)
    f([NASTY, {NASTY: NASTY}, NASTY.encode("utf-8", "surrogatepass"), Class()], **{"k" + NASTY: Class})


other = threading.Thread(target=thread, name="T" + NASTY)
other.start()
ready.acquire()
set_name(PR_SET_NAME, b"nm\x1b[2J\x9b\xe2\x80\x8b", 0, 0, 0)
print("ready", flush=True)
f(NASTY, **{"k" + NASTY: Class()})
