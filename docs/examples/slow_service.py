"""A service that is slow: requests are parsed and rendered in Python, and compressed in C, without the GIL; a second thread waits for a lock that nobody gives back."""

import threading
import zlib

audit = threading.Lock()


def parse(text):
    return [int(number) for number in text.split()]


def render(numbers):
    rows = []
    for number in numbers:
        rows.append("<td>" + str(number * number) + "</td>")
    return "".join(rows)


def compress(page):
    return zlib.compress(page.encode() * 20, 9)


def handle(text):
    return compress(render(parse(text)))


def serve():
    text = " ".join(str(number) for number in range(2000))
    while True:
        handle(text)


def write_audit():
    audit.acquire()


audit.acquire()
threading.Thread(target=write_audit, name="audit", daemon=True).start()
threading.Thread(target=serve, name="serve").start()
print("ready", flush=True)
