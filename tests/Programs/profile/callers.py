"""Functions that know who may call them: a stack is possible if each name is allowed inside of the one before it, and all names of a stack that end with _p, _q, _r or _s end with the same letter.

Generators, recursion, exceptions, dispatch by one function, callbacks from C, short functions, lambdas and modules whose code objects are freed and whose addresses are used again, deep stacks, threads that begin
and end. Arguments: how many threads repeat all of it beside the main thread."""

import sys
import threading

COMMON = """
def dispatch(f, a):
    return f(a)
def dig(n, f):
    if n == 0:
        return f(n)
    return dig(n - 1, f)
class Bad(Exception):
    pass
"""

PART = """
def gen_X(n):
    for i in range(n):
        yield leaf_X(i)
def leaf_X(i):
    return i
def use_X(n):
    total = 0
    for value in gen_X(n):
        total += value
    return total
def added_X(n):
    return sum(gen_X(n))
def raise_X(n):
    deep_X(n)
def deep_X(n):
    if n:
        deep_X(n - 1)
    raise Bad
def catch_X(n):
    try:
        raise_X(n)
    except Bad:
        return quick_X(n)
def quick_X(n):
    return tiny_X(n)
def tiny_X(n):
    return n
def a_X(n):
    return dispatch(b_X, n)
def b_X(n):
    return dispatch(c_X, n)
def c_X(n):
    return dispatch(d_X, n)
def d_X(n):
    return n
def down_X(n):
    return dig(n, d_X)
def sorted_X():
    return sorted([3, 1, 2], key=key_X)
def key_X(n):
    return tiny_X(n)
def main_X():
    use_X(5)
    added_X(5)
    catch_X(3)
    a_X(1)
    down_X(7)
    sorted_X()
    (lambda: d_X(1))()
    eval("(lambda: d_X(2))()", globals())
    exec("def once_X():\\n    return d_X(2)\\nonce_X()", globals())
"""

names = {}
exec(compile(COMMON, "common", "exec"), names)
for letter in "pqrs":
    exec(compile(PART.replace("_X", "_" + letter), "part_" + letter, "exec"), names)
mains = [names["main_" + letter] for letter in "pqrs"]


def loop():
    turn = 0
    while not done:
        turn += 1
        for main in mains:
            main()
        if turn % 500 == 0:
            names["down_" + "pqrs"[turn // 500 % 4]](400)


def brief(main):
    main()


def threads():
    while not done:
        for main in mains:
            one = threading.Thread(target=brief, args=(main,))
            one.start()
            one.join()


def wait():
    global done
    sys.stdin.read()
    done = True


done = False
threading.Thread(target=wait).start()
for _ in range(int(sys.argv[1])):
    threading.Thread(target=loop).start()
if sys.argv[2:]:
    threading.Thread(target=threads).start()
print("ready", flush=True)
loop()
