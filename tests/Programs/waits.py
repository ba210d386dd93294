"""Each thread waits for one thing in the kernel. Prints one line of JSON: by thread id what it waits for, as the program knows it."""
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

FOLDER = tempfile.mkdtemp()
OWN = os.getpid()
waits = {}
started = []


def waiting(kind, call, description, **more):
    """A thread that says what it will wait for, and then does."""
    def decorate(function):
        def run():
            waits[threading.get_native_id()] = dict(more, kind=kind, call=call, description=description)
            ready.set()
            function()
        ready = threading.Event()
        threading.Thread(target=run, daemon=True).start()
        ready.wait()
        return function
    return decorate


def name(end):
    return "%s:%d" % end[:2]


read_end, write_end = os.pipe()
child = subprocess.Popen([sys.executable, "-c", "import os; os.read(0, 1)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@waiting("Pipe", "read", "read from pipe whose other end this process has itself", resource=os.readlink("/proc/self/fd/%d" % read_end), descriptor=read_end, holder=OWN)
def own_pipe():
    os.read(read_end, 1)


@waiting("Pipe", "read", "read from pipe whose other end has process %d (COMM)" % child.pid, resource=os.readlink("/proc/self/fd/%d" % child.stdout.fileno()), descriptor=child.stdout.fileno(), holder=child.pid)
def childs_pipe():
    child.stdout.read(1)


@waiting("Process", "wait4", "end of child %d (%s -c import os; os.read(0, 1)), sleeping" % (child.pid, sys.executable), holder=child.pid)
def childs_end():
    child.wait()


ours, theirs = socket.socketpair()
helper = subprocess.Popen([sys.executable, "-c", "import os; os.read(0, 1)"], stdin=theirs, close_fds=True)
theirs.close()


@waiting("Socket", "recvfrom", "recv from unix socket whose other end has process %d (COMM)" % helper.pid, resource=os.readlink("/proc/self/fd/%d" % ours.fileno()), descriptor=ours.fileno(), holder=helper.pid)
def unix_pair():
    ours.recv(1)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
ENDS = "%s -> %s" % (name(client.getsockname()), name(client.getpeername()))


@waiting("Socket", "recvfrom", "recv from %s (tcp, established)" % ENDS, resource=ENDS, descriptor=client.fileno())
def tcp():
    client.recv(1)


@waiting("Socket", "accept4", "accept on %s (tcp, listening)" % name(listener.getsockname()), resource=name(listener.getsockname()), descriptor=listener.fileno())
def accepting():
    listener.accept()


datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))


@waiting("Socket", "recvfrom", "recv from %s (udp, not connected)" % name(datagrams.getsockname()))
def udp():
    datagrams.recv(1)


SOCKET = FOLDER + "/a\n\x1b.sock"
path_listener = socket.socket(socket.AF_UNIX)
path_listener.bind(SOCKET)
path_listener.listen()


@waiting("Socket", "accept4", "accept on %s (unix, listening)" % SOCKET.replace("\n", "\\x0a").replace("\x1b", "\\x1b"))
def unix_path():
    path_listener.accept()


@waiting("Select", "poll", "poll of 2 descriptors: %d (pipe whose other end this process has itself), %d (%s (tcp, established))" % (read_end, client.fileno(), ENDS))
def polling():
    poll = select.poll()
    poll.register(read_end, select.POLLIN)
    poll.register(client.fileno(), select.POLLIN)
    poll.poll()


@waiting("Select", "pselect6|select", "select of 1 descriptor: %d (pipe whose other end this process has itself)" % read_end)
def selecting():
    select.select([read_end], [], [])


epoll = select.epoll()
epoll.register(client.fileno(), select.EPOLLIN)


@waiting("Select", "epoll_wait|epoll_pwait", "epoll of 1 descriptor: %d (%s (tcp, established))" % (client.fileno(), ENDS), descriptor=epoll.fileno())
def epolling():
    epoll.poll()


@waiting("Sleep", "clock_nanosleep|select|pselect6", "sleep", until=time.monotonic() + 5000)
def sleeping():
    time.sleep(5000)


LOCKED = FOLDER + "/locked"
holder = open(LOCKED, "w")
fcntl.flock(holder, fcntl.LOCK_EX)


@waiting("FileLock", "flock", "flock on %s, held by process %d (COMM)" % (LOCKED, OWN), resource=LOCKED, holder=OWN)
def locking():
    with open(LOCKED, "w") as again:
        fcntl.flock(again, fcntl.LOCK_EX)


@waiting("Signal", "rt_sigtimedwait", "signal SIGUSR1, SIGUSR2")
def signalled():
    signal.sigwait([signal.SIGUSR1, signal.SIGUSR2])


FIFO = FOLDER + "/fifo"
os.mkfifo(FIFO)


@waiting("File", "openat", "open of " + FIFO, resource=FIFO)
def fifo():
    open(FIFO)


lock = threading.Lock()
lock.acquire()


@waiting("Lock", "futex", "lock 0x", futex=True)
def locked():
    lock.acquire()


print(json.dumps({str(thread): wait for thread, wait in waits.items()}), flush=True)
try:
    sys.stdin.read()
finally:
    for process in child, helper:
        process.kill()
        process.wait()
    for one in SOCKET, LOCKED, FIFO:
        os.unlink(one)
    os.rmdir(FOLDER)
    os._exit(0)
