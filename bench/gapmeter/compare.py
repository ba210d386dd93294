#!/usr/bin/env python3
"""The table of bench/pause.sh: how long a target is stopped by several commands, all on one process in one run."""
import argparse
import collections
import re
import statistics
import subprocess
import sys
import time

import ticks

# Threads; how many of them compute, the main thread first; seconds of the interpreter's switch interval (0: its own, 5 ms).
SHAPES = [(1, 1, 0), (100, 1, 0), (1000, 1, 0), (10000, 1, 0), (1000, 0, 0), (1000, 2, 0), (100, 100, 0.001),
          (1000, 1000, 0)]
DEPTH = 20
PAGES = 4                        # so many 4 KiB pages hold a thread's state, its frames of that depth and its part of the rest
COPY = "bare, one, and copy"
MODES = ["plain", "-NativeAll", "-Locals", "-NoBlock"]
LINE = "%-25s %-20s %14s  %-26s %-26s %8s  %9s  %9s"


class Server:
    """One warm pwsh with a module (serve.ps1)."""

    def __init__(self, pwsh, module):
        command = [pwsh, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", ticks.HERE + "/serve.ps1", "-Module", module]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def capture(self, pid, mode):
        """When the pause began in seconds of CLOCK_MONOTONIC, its length in ms, threads stopped, the call's length in ms."""
        switch = mode if mode.startswith("-") else ""
        self.process.stdin.write(("%d %s" % (pid, switch[1:])).strip().encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().split()
        if not answer or answer[0] != "pause":
            sys.exit("%s failed: %s" % (mode, " ".join(answer)))
        # CapturedAt is wall-clock time: its distance to the meter's clock is taken beside each capture.
        return float(answer[1]) - (time.time() - time.monotonic()), float(answer[2]), answer[3], float(answer[5])

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Row:
    def __init__(self):
        self.told, self.gaps, self.stopped, self.whole, self.calls = [], [], [], [], []

    def median(self):
        """What the target saw; the tool's own clock where no thread of it reads one."""
        return statistics.median(self.gaps or self.told)


def bare(args, target, options):
    output = subprocess.run([args.barestop] + options + [str(target.pid)], stdout=subprocess.PIPE, check=True).stdout
    found = re.search(rb"threads=(\d+) start=([\d.]+) pause_us=([\d.]+)", output)
    return float(found.group(2)), float(found.group(3)) / 1e3, found.group(1).decode(), 0.0


def measure(args, servers, threads, running, switch):
    target = ticks.Target(args.python, threads, DEPTH, running, switch)
    main = ["-t", str(target.pid)]
    commands = [("bare, one thread", lambda: bare(args, target, main)),
                ("bare, all threads", lambda: bare(args, target, []))]
    if running > 2:
        pages = str(threads * PAGES)
        commands.append((COPY, lambda: bare(args, target, main + ["-c", pages])))
    for mode in MODES:
        for name, server in servers.items():
            commands.append(((mode + " " + name).strip(), lambda server=server, mode=mode: server.capture(target.pid, mode)))
    rows = {name: Row() for name, _ in commands}
    rows["idle"] = Row()
    try:
        for turn in range(args.warm + args.runs):
            for name, command in commands:
                count = target.count()
                begun = time.monotonic()
                start, length, stopped, call = command()
                ended = time.monotonic()
                if turn < args.warm:               # the first turns warm the hosts and the machine's caches
                    continue
                row = rows[name]
                row.stopped.append(stopped)
                row.calls.append(call)
                row.told.append(length)
                if running:
                    gaps = target.since(count)
                    row.whole.append(ticks.longest(gaps, begun, ended))
                    if not name.startswith("-NoBlock"):
                        row.gaps.append(ticks.longest(gaps, start, start + length / 1e3))
            if running and turn >= args.warm:
                count = target.count()
                time.sleep(0.2)
                rows["idle"].whole.append(ticks.longest(target.since(count), 0, time.monotonic()))
    finally:
        target.end()
    return rows


def limits(rows, names, running):
    """What the project promises, in milliseconds, for each command."""
    allowed = {}
    for name in names:
        plain = rows[("plain " + name).strip()].median()
        if running <= 2:
            allowed["plain", name] = max(0.1, 3 * rows["bare, one thread"].median())
            allowed["-NativeAll", name] = 0.2
        else:
            # By its own clock: while the main thread is stopped, another may have the GIL and run on.
            allowed["plain", name] = max(0.1, 3 * statistics.median(rows[COPY].told))
        allowed["-Locals", name] = 4 * max(plain, 0.1)
    return {(mode + " " + name).strip(): limit for (mode, name), limit in allowed.items()}


def spread(values):
    return "%.3f (%.3f .. %.3f)" % (statistics.median(values), min(values), max(values)) if values else ""


def middle(values):
    return "%.3f" % statistics.median(values) if values else ""


def label(threads, running):
    who = "all in turn" if running == threads > 1 else "%d run%s" % (running, "s" if running == 1 else "")
    return "%d thread%s, %s" % (threads, "s" if threads > 1 else "", who)


def stopped(values):
    """How many threads, and how often where it was not always the same."""
    counts = collections.Counter(values).most_common()
    if len(counts) <= 2:
        return ", ".join(value if len(counts) == 1 else "%s x%d" % (value, n) for value, n in counts)
    numbers = sorted(int(value) for value, _ in counts)
    return "%d..%d" % (numbers[0], numbers[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--warm", type=int, default=2, help="turns that are not counted")
    parser.add_argument("--barestop", required=True)
    parser.add_argument("--pwsh", required=True)
    parser.add_argument("--module", action="append", required=True, metavar="NAME=PATH", help="a module, and what to call it in the table")
    parser.add_argument("--shape", action="append", metavar="THREADS,RUNNING[,SWITCH]", help="instead of all shapes")
    args = parser.parse_args()

    shapes = SHAPES
    if args.shape:
        shapes = [(int(p[0]), int(p[1]), float(p[2]) if len(p) > 2 else 0) for p in (s.split(",") for s in args.shape)]
    servers = {}
    try:
        for module in args.module:
            name, _, path = module.partition("=")
            servers[name] = Server(args.pwsh, path)
        print(LINE % ("target, %d frames each" % DEPTH, "command", "stopped", "pause as told, ms", "as the target sees it, ms",
                      "allowed", "whole, ms", "call, ms"))
        for shape in shapes:
            rows = measure(args, servers, *shape)
            allowed = limits(rows, servers, shape[1])
            for name, row in rows.items():
                if name == "idle" and not row.whole:
                    continue
                limit = "%.3f" % allowed[name] + (" !" if row.median() > allowed[name] else "  ") if name in allowed else ""
                call = middle(row.calls) if name[0] in "p-" else ""
                print(LINE % (label(*shape[:2]), name, stopped(row.stopped), spread(row.told), spread(row.gaps), limit,
                              middle(row.whole), call), flush=True)
    finally:
        for server in servers.values():
            server.end()


if __name__ == "__main__":
    main()
