"""A service whose answers come late: one thread is in a C function that does not release the GIL, and the others wait for it."""

import re
import threading

# Each further letter doubles the time: this takes days, all of it inside one call of the re module.
PATTERN = re.compile("(a|a)*$")
TEXT = "a" * 60 + "b"

has_begun = threading.Event()


def answer(number):
    has_begun.wait()
    while True:
        number += 1


def validate(text):
    has_begun.set()
    return PATTERN.match(text)


for index in range(2):
    threading.Thread(target=answer, args=(index,), name="answer-%d" % index, daemon=True).start()
print("ready", flush=True)
validate(TEXT)
