"""A program with threads that replaces itself over and over, from its first thread or from another: exec_again.py THREADS first|other.

exec ends all other threads. Prints a number for each generation, and stops when standard input has ended.
"""
import os
import select
import sys
import threading

threads, who = int(sys.argv[1]), sys.argv[2]
generation = int(sys.argv[3]) if len(sys.argv) > 3 else 0
threading.stack_size(64 * 1024)
never = threading.Event()


def again():
    if select.select([0], [], [], 0)[0]:
        os._exit(0)
    arguments = [sys.executable, "-S", "-E", __file__, str(threads), who, str(generation + 1)]
    os.execv(sys.executable, arguments)


started = [threading.Thread(target=never.wait) for _ in range(threads)]
for thread in started:
    thread.daemon = True
    thread.start()
os.write(1, b"%d\n" % generation if sys.version_info[0] > 2 else "%d\n" % generation)
if who == "first":
    again()
last = threading.Thread(target=again)
last.start()
last.join()
