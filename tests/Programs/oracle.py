"""What a program says about its own stacks: the oracle of the tests.

A program calls start(blocked=N) and goes to its places. A thread that is there sits in os.read on descriptor 0, called
in a line of the situation's own code. This module's thread looks into /proc/self/task until N threads sit in that very
system call: then their stacks stand still. It prints one line of JSON with all of them, oldest thread first, and ends.
The test closes the pipe when it is done: every read returns, and the program ends by itself.

It runs on every version from 2.7 on; what an old one lacks comes from old_python.py.
"""
import itertools
import json
import os
import platform
import sys
import threading
import time

if sys.version_info >= (3, 8):
    from tokenize import open as open_source
else:
    from old_python import open_source

# The system call that os.read makes, as /proc/PID/task/TID/syscall numbers it.
READ = {"x86_64": "0", "aarch64": "63"}[platform.machine()]

_spinning = []


def start(blocked=1, running=0, also=lambda: True):
    """Reports when `blocked` threads sit in os.read(0), `running` more have said here_i_run(), and `also` holds."""
    reporter = threading.Thread(target=_watch, args=(blocked, running, also), name="oracle")
    reporter.daemon = True
    reporter.start()


def crew(*functions):
    """One thread per function, each of which blocks once, and the caller with them."""
    start(blocked=len(functions) + 1)
    threads = [threading.Thread(target=function, name=function.__name__) for function in functions]
    for thread in threads:
        thread.start()
    os.read(0, 1)
    for thread in threads:
        thread.join()


def here_i_run():
    """Called by a thread that never blocks, from the function it stays in."""
    threading.current_thread()  # makes a thread that was not started by threading known to it
    _spinning.append(threading.current_thread().ident)


def _are_back():
    """Whether each thread that said so has left here_i_run() again."""
    frames = sys._current_frames()
    return all(ident in frames and frames[ident].f_code is not here_i_run.__code__ for ident in _spinning)


def say(**facts):
    """One line of JSON to the test."""
    data = (json.dumps(facts) + "\n").encode("ascii")
    while data:
        data = data[os.write(1, data):]


def is_reading(task, fd=0):
    """Whether a thread of this process sits in read(fd)."""
    try:
        with open("/proc/self/task/%s/syscall" % task) as file:
            call = file.read().split()
    except (IOError, OSError):
        return False
    return call[:2] == [READ, hex(fd)]


def own_task():
    return threading.current_thread().native_id


def state_of(task):
    """The letter that the kernel has for a thread's state."""
    with open("/proc/self/task/%s/stat" % task) as file:
        return file.read().rpartition(")")[2].split()[0]


def wait_until(condition):
    """Polls: there is nothing in the kernel that tells one thread that another one has gone to sleep."""
    while not condition():
        time.sleep(0.001)


def _watch(blocked, running, also):
    own = own_task()

    def all_there():
        tasks = [task for task in os.listdir("/proc/self/task") if int(task) != own]
        return sum(is_reading(task) for task in tasks) == blocked and len(_spinning) == running and _are_back() and also()

    wait_until(all_there)
    report()


def report():
    """Prints the stacks of all threads but the caller's."""
    own = threading.current_thread().ident
    known = dict((thread.ident, thread) for thread in threading.enumerate())
    threads = []
    for ident, frame in _oldest_first(known):
        if ident == own:
            continue
        thread = known.get(ident)
        threads.append({
            "id": thread.native_id if thread else None,
            "name": text(thread.name) if thread else None,
            "running": ident in _spinning,
            "frames": describe(frame),
        })
    say(pid=os.getpid(), version=platform.python_version(), ended=own_task(), threads=threads)


def _oldest_first(known):
    frames = list(sys._current_frames().items())
    if sys.version_info >= (3, 6):
        return reversed(frames)
    # The dict has no order yet: that in which the threads began to run.
    return sorted(frames, key=lambda item: known[item[0]].order)


def describe(frame):
    """The frames from the outermost to this one."""
    frames = []
    while frame is not None:
        frames.append(_frame(frame))
        frame = frame.f_back
    frames.reverse()
    return frames


def _line_before(code, instruction):
    """An instruction of no line has that of the last one before it; at a function's head the function's own; None where the code has no lines."""
    ranges = [(start, end, line) for start, end, line in code.co_lines() if end > start]
    if not any(start <= instruction < end for start, end, _ in ranges):
        return None
    before = [line for start, _, line in ranges if start <= instruction and line is not None]
    return before[-1] if before else code.co_firstlineno if any(line is not None for _, _, line in ranges) else None


def _frame(frame):
    code = frame.f_code
    line, end_line, column, end_column = frame.f_lineno, None, None, None
    if hasattr(code, "co_positions") and frame.f_lasti >= 0:
        positions = itertools.islice(code.co_positions(), frame.f_lasti // 2, None)
        line, end_line, column, end_column = next(positions, (line, None, None, None))
    if line is None:
        line = _line_before(code, frame.f_lasti)
    return {
        "function": text(code.co_name),
        "qualname": text(getattr(code, "co_qualname", None)),
        "file": text(code.co_filename),
        "line": line,
        "endLine": end_line,
        "column": column,
        "endColumn": end_column,
        "source": text(_source_line(code.co_filename, line)),
    }


def text(string):
    """A string for JSON; one that UTF-8 cannot hold (lone surrogates) as its UTF-16 code units."""
    if string is None:
        return None
    if isinstance(string, bytes):
        return _text_of_bytes(string)
    try:
        string.encode("utf-8")
        return string
    except UnicodeEncodeError:
        return {"utf16": string.encode("utf-16-le", "surrogatepass").hex()}


def _text_of_bytes(string):
    try:
        return string.decode("utf-8")
    except UnicodeDecodeError:
        return string.decode("latin-1")


def replaced(code, **changes):
    """A code object with some of its fields changed."""
    if hasattr(code, "replace"):
        return code.replace(**changes)
    from old_python import replaced_code
    return replaced_code(code, changes)


_files = {}


def _source_line(file, line):
    if file not in _files:
        try:
            with open_source(file) as stream:
                _files[file] = stream.read().split("\n")
        except (IOError, OSError, SyntaxError, TypeError, UnicodeError, ValueError):
            _files[file] = []
    lines = _files[file]
    return lines[line - 1] if line is not None and 0 < line <= len(lines) else None
