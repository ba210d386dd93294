"""One Python frame for each argument after the first: its code says that it is in the file of that name, at the line that the first argument tells.

A name is given with `\\0` for a zero byte. Before the last frame the ids of options are taken on: `uid=N` is no name but says whom to become.
"""
import os
import sys

line = int(sys.argv[1])
names = [name.replace("\\0", "\0") for name in sys.argv[2:] if not name.startswith("uid=")]
user = next((int(name[4:]) for name in sys.argv[2:] if name.startswith("uid=")), None)


def go_on(i):
    if i < len(names):
        code = compile("\n" * (line - 1) + "go_on(i + 1)", "x", "exec").replace(co_filename=names[i])
        exec(code, {"go_on": go_on, "i": i})
        return
    print("ready", flush=True)
    if user is not None and sys.stdin.readline():
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        print("dropped", flush=True)
    sys.stdin.read()


go_on(0)
