"""N threads that sleep beside a main thread that computes.

    many_sleepers.py N
"""
import os
import sys
import threading

reading, _ = os.pipe()
number = int(sys.argv[1])


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
sys.stdout.write("ready\n")
sys.stdout.flush()
busy()
