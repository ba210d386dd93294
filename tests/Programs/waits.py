"""Each thread waits for one thing in the kernel. Prints one line of JSON: by thread id what it waits for, as the program knows it.

With the argument "apart" it has a network namespace of its own, in which the other ends of unix sockets cannot be seen from outside.
"""
import ctypes
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

FOLDER = tempfile.mkdtemp()
OWN = os.getpid()
APART = sys.argv[1:] == ["apart"]
SELF = "whose other end this process has itself"
LIBC = ctypes.CDLL(None, use_errno=True)
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


if APART:
    assert LIBC.unshare(0x40000000) == 0  # CLONE_NEWNET
    with socket.socket() as one:
        fcntl.ioctl(one, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP


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


UNIX = dict(resource=os.readlink("/proc/self/fd/%d" % ours.fileno()), descriptor=ours.fileno())


@waiting("Socket", "recvfrom", "recv from unix socket" if APART else "recv from unix socket whose other end has process %d (COMM)" % helper.pid, **(UNIX if APART else dict(UNIX, holder=helper.pid)))
def unix_pair():
    ours.recv(1)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
ENDS = "%s -> %s" % (name(client.getsockname()), name(client.getpeername()))


@waiting("Socket", "recvfrom", "recv from %s (tcp, established) %s" % (ENDS, SELF), resource=ENDS, descriptor=client.fileno(), holder=OWN)
def tcp():
    client.recv(1)


@waiting("Socket", "accept4", "accept on %s (tcp, listening)" % name(listener.getsockname()), resource=name(listener.getsockname()), descriptor=listener.fileno())
def accepting():
    listener.accept()


local = socket.socket(socket.AF_INET6)
local.bind(("::1", 0))
local.listen()
remote = subprocess.Popen([sys.executable, "-c", "import socket, sys; s = socket.create_connection(('::1', %d)); print(s.getsockname()[1], flush=True); sys.stdin.read()" % local.getsockname()[1]],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
PORT = int(remote.stdout.readline())
accepted, _ = local.accept()


@waiting("Socket", "sendto", "send to [::1]:%d -> [::1]:%d (tcp, established) whose other end has process %d (COMM)" % (local.getsockname()[1], PORT, remote.pid), holder=remote.pid)
def tcp_full():
    while True:
        accepted.sendall(b"x" * 65536)


full = socket.socket(socket.AF_UNIX)
full.bind(FOLDER + "/full")
full.listen(0)
before = [socket.socket(socket.AF_UNIX) for _ in range(3)]
for one in before:
    one.setblocking(False)
    one.connect_ex(FOLDER + "/full")


@waiting("Socket", "connect", "connect to %s" % (FOLDER + "/full"), resource=FOLDER + "/full")
def connecting():
    with socket.socket(socket.AF_UNIX) as one:
        one.connect(FOLDER + "/full")


datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))


@waiting("Socket", "recvfrom", "recv from %s (udp, not connected)" % name(datagrams.getsockname()))
def udp():
    datagrams.recv(1)


SOCKET = FOLDER + "/a\n\x1b.sock"
path_listener = socket.socket(socket.AF_UNIX)
path_listener.bind(SOCKET)
path_listener.listen()


peers = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)


@waiting("Socket", "recvfrom", "recv from unix socket" if APART else "recv from unix socket " + SELF)
def unix_own():
    peers[0].recv(1)


@waiting("Socket", "accept4", "accept on %s (unix, listening)" % SOCKET.replace("\n", "\\x0a").replace("\x1b", "\\x1b"))
def unix_path():
    path_listener.accept()


@waiting("Select", "poll|ppoll", "poll of 2 descriptors: %d (pipe whose other end this process has itself), %d (%s (tcp, established) %s)" % (read_end, client.fileno(), ENDS, SELF))
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


@waiting("Select", "epoll_wait|epoll_pwait", "epoll of 1 descriptor: %d (%s (tcp, established) %s)" % (client.fileno(), ENDS, SELF), descriptor=epoll.fileno())
def epolling():
    epoll.poll()


# More than fit into one read of its fdinfo.
counter = LIBC.eventfd(0, 0)
many = select.epoll()
copies = [os.dup(counter) for _ in range(800)]
for copy in copies:
    many.register(copy, select.EPOLLIN)


@waiting("Select", "epoll_wait|epoll_pwait", "epoll of 800 descriptors: ", until=time.monotonic() + 5000)
def epolling_many():
    many.poll(5000)


@waiting("Select", "poll|ppoll", "poll of 1 descriptor: %d (eventfd (count 0)), " % counter, until=time.monotonic() + 2000000)
def polling_long():
    poll = select.poll()
    poll.register(counter, select.POLLIN)
    poll.poll(2000000 * 1000)


watch = LIBC.inotify_init1(0)
LIBC.inotify_add_watch(watch, FOLDER.encode(), 0x400)  # IN_DELETE_SELF


@waiting("Select", "pselect6|select", "select of 2 descriptors: %d (eventfd (count 0)), %d (inotify (1 watches)), " % (counter, watch), until=time.monotonic() + 5000)
def selecting_long():
    select.select([watch], [], [counter], 5000)


@waiting("Other", "read", "read from eventfd (count 0)", descriptor=counter)
def counting():
    os.read(counter, 8)


timer = LIBC.timerfd_create(1, 0)
LIBC.timerfd_settime(timer, 0, struct.pack("qqqq", 0, 0, 5000, 0), None)


@waiting("Sleep", "read", "read from timer (", until=time.monotonic() + 5000)
def timing():
    os.read(timer, 8)


signals = LIBC.signalfd(-1, struct.pack("Q", 1 << (signal.SIGHUP - 1) | 1 << (signal.SIGUSR2 - 1)), 0)


@waiting("Signal", "read", "read from signalfd (SIGHUP, SIGUSR2)")
def signal_read():
    os.read(signals, 128)


master, slave = pty.openpty()
other_master, other_slave = pty.openpty()
full_read, full_write = os.pipe()
filter_process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=other_slave, stdout=full_read)
os.close(other_slave)
os.close(full_read)
TERMINAL, = struct.unpack("i", fcntl.ioctl(other_master, 0x80045430, b"0000"))  # TIOCGPTN


@waiting("File", "read", "read from terminal %s %s" % (os.ttyname(slave), SELF), resource=os.ttyname(slave))
def terminal():
    os.read(slave, 1)


@waiting("File", "read", "read from terminal /dev/ptmx (master of /dev/pts/%d) whose other end has process %d (COMM)" % (TERMINAL, filter_process.pid), holder=filter_process.pid)
def terminal_master():
    os.read(other_master, 1)


@waiting("Pipe", "write", "write to pipe whose other end has process %d (COMM)" % filter_process.pid, descriptor=full_write, holder=filter_process.pid)
def full_pipe():
    while True:
        os.write(full_write, b"x" * 65536)


@waiting("Process", "waitid", "end of child %d (%s -c import sys; sys.stdin.read()), sleeping" % (filter_process.pid, sys.executable), holder=filter_process.pid)
def waitid():
    os.waitid(os.P_PID, filter_process.pid, os.WEXITED)


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


OTHERS = FOLDER + "/others"
others = subprocess.Popen([sys.executable, "-c", "import fcntl, sys; f = open(%r, 'w'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()" % OTHERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
others.stdout.readline()


@waiting("FileLock", "fcntl", "fcntl lock on %s, held by process %d (COMM)" % (OTHERS, others.pid), resource=OTHERS, holder=others.pid, gone=False)
def record_locking():
    with open(OTHERS, "w") as again:
        fcntl.lockf(again, fcntl.LOCK_EX)


# The lock belongs to the open file, which the process that took it has left to this one.
LEFT = FOLDER + "/left"
left = open(LEFT, "w")
taker = subprocess.Popen([sys.executable, "-c", "import fcntl; fcntl.flock(0, fcntl.LOCK_EX)"], stdin=left)
taker.wait()


@waiting("FileLock", "flock", "flock on %s, taken by process %d, which has ended and left it to another" % (LEFT, taker.pid), resource=LEFT, holder=taker.pid, gone=True)
def locking_left():
    with open(LEFT, "w") as again:
        fcntl.flock(again, fcntl.LOCK_EX)


@waiting("Signal", "rt_sigtimedwait", "signal SIGUSR1, SIGUSR2")
def signalled():
    signal.sigwait([signal.SIGUSR1, signal.SIGUSR2])


FIFO = FOLDER + "/fifo"
os.mkfifo(FIFO)


@waiting("File", "openat", "open of " + FIFO, resource=FIFO)
def fifo():
    open(FIFO)


BOTH = FOLDER + "/both"
os.mkfifo(BOTH)
both = os.open(BOTH, os.O_RDWR)


@waiting("Pipe", "read", "read from FIFO %s %s" % (BOTH, SELF), resource=BOTH, holder=OWN)
def fifo_read():
    os.read(both, 1)


# A semaphore of glibc sleeps on its own address (sem_waitcommon.c, little-endian).
semaphore = ctypes.create_string_buffer(32)
LIBC.sem_init(semaphore, 0, 0)


@waiting("Futex", "futex", "futex %#x" % ctypes.addressof(semaphore))
def locked():
    LIBC.sem_wait(semaphore)


print(json.dumps({str(thread): wait for thread, wait in waits.items()}), flush=True)
try:
    sys.stdin.read()
finally:
    sys.stderr = open(os.devnull, "w")  # the threads whose other ends are killed
    for process in child, helper, remote, filter_process, others:
        process.kill()
        process.wait()
    shutil.rmtree(FOLDER)
    os._exit(0)
