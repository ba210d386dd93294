"""Its interpreter is shutting down while two daemon threads still wait in system calls."""
import os
import threading

reader, writer = os.pipe()


class LastWords(object):
    def __init__(self):
        self.read = os.read
        self.write = os.write

    def __del__(self):
        self.write(1, b"finalizing\n")
        self.read(0, 1)


words = LastWords()
for i in range(2):
    # Nothing of this module: what a thread still uses is not finalized.
    thread = threading.Thread(target=os.read, args=(reader, 1))
    thread.daemon = True
    thread.start()
while sum("pipe" in open("/proc/self/task/%s/wchan" % task).read() for task in os.listdir("/proc/self/task")) < 2:
    pass
