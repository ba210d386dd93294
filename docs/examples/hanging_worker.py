"""A service of four threads that hangs: two workers hold a lock each and wait for the other's, and the third waits for their work."""

import queue
import threading

accounts, ledger = threading.Lock(), threading.Lock()
results = queue.Queue()
started = threading.Barrier(4)


def transfer(order_id, api_token, first, second):
    with first:
        started.wait()
        with second:
            results.put(order_id)


def report():
    started.wait()
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
started.wait()
print("ready", flush=True)
for each in threads:
    each.join()
