"""A service of four threads that hangs: two workers hold a lock each and wait for the other's, and the third waits for their work."""

import queue
import sys
import threading
import time

accounts, ledger = threading.Lock(), threading.Lock()
results = queue.Queue()
both_hold_one = threading.Barrier(2)


def transfer(order_id, api_token, first, second):
    with first:
        both_hold_one.wait()
        with second:
            results.put(order_id)


def report():
    print("total:", results.get() + results.get())


def start(name, function, *arguments):
    thread = threading.Thread(target=function, args=arguments, name=name)
    thread.start()
    return thread


threads = [
    start("transfer-1", transfer, 4711, "s3cr3t", accounts, ledger),
    start("transfer-2", transfer, 4712, "s3cr3t", ledger, accounts),
    start("report", report),
]


def is_at(thread, source_line):
    frame = sys._current_frames().get(thread.ident)
    return frame is not None and frame.f_lineno == source_line


# "ready" is for whoever tries this out: now both workers are where they will stay.
while not all(is_at(worker, 16) for worker in threads[:2]):
    time.sleep(0.001)
print("ready", flush=True)
for each in threads:
    each.join()
