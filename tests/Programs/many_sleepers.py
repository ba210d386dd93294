"""N threads that sleep beside a main thread, and M others, that compute.

    many_sleepers.py N [M]
"""
import os
import sys
import threading

reading, _ = os.pipe()
number = int(sys.argv[1])
others = int(sys.argv[2]) if len(sys.argv) > 2 else 0


def sleeper():
    os.read(reading, 1)


def asleep():
    count = 0
    for task in os.listdir("/proc/self/task"):
        with open("/proc/self/task/%s/syscall" % task) as file:
            count += file.read().startswith(("0 ", "63 "))  # read(2) of x86-64, aarch64
    return count


def busy():
    x = 0
    while True:
        x += 1


for _ in range(number):
    thread = threading.Thread(target=sleeper)
    thread.daemon = True
    thread.start()
while asleep() < number:
    pass
for _ in range(others):
    thread = threading.Thread(target=busy)
    thread.daemon = True
    thread.start()
sys.stdout.write("ready\n")
sys.stdout.flush()
busy()
