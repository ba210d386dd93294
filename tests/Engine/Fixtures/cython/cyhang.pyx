import time

cdef int inner(object pause):
    cdef int total = 0
    total += 1
    pause()
    return total

cdef class Worker:
    cdef object pause

    def __init__(self, pause):
        self.pause = pause

    def run(self, times):
        result = 0
        for i in range(times):
            result += inner(self.pause)
        return result

    cpdef int step(self, int n):
        return inner(self.pause) + n

def numbers(pause):
    yield 1
    pause()
    yield 2

def outer(pause, *, kind="run"):
    if kind == "run":
        return Worker(pause).run(
            1)
    if kind == "step":
        return Worker(pause).step(3)
    if kind == "lambda":
        call = lambda: pause()
        return call()
    return list(numbers(pause))
