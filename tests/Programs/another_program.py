"""A process without rights that becomes a set-user-id program (exec) on a line of input: another_program.py COMMAND."""
import os
import sys

os.write(1, b"ready\n")
sys.stdin.readline()
os.write(1, b"goes\n")
os.execv(sys.argv[1], sys.argv[1:])
