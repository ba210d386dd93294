"""Traces the process that it is given, and does nothing else with it: what a debugger does that waits for its user."""
import ctypes
import os
import sys

PTRACE_SEIZE = 0x4206
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if libc.ptrace(PTRACE_SEIZE, int(sys.argv[1]), None, None) == 0:
    print("tracing", flush=True)
else:
    print(os.strerror(ctypes.get_errno()), flush=True)
sys.stdin.read()
