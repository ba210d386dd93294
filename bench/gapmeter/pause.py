#!/usr/bin/env python3
"""How long does a stack tool stop its target? Measured from inside the target.

    pause.py [options] -- TOOL ARG ... {pid} ...

Starts gaptarget.py with the gap meter in it, then runs the tool against it
--runs times, each in a window of its own, and prints for every run the longest
gap the meter saw while the tool ran, the sum of all its gaps above 0.1 ms, and
the tool's own wall time. {pid} in the tool's arguments is the target's process
id. Before and after, the same number of windows with no tool, as long as the
tool's median run, give the machine's own noise. One line in CSV at the end:
    name,runs,max_ms median,min,max,sum_ms median,wall_ms median,min,max,idle max_ms median,max,load
"""
import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))


class Target:
    """A running gaptarget.py and its meter's report file."""

    def __init__(self, python, threads, depth, busy, ballast):
        self.dir = tempfile.mkdtemp(prefix="gap-")
        ready = os.path.join(self.dir, "ready")
        self.gaps = os.path.join(self.dir, "gaps")
        command = [python, os.path.join(HERE, "gaptarget.py"), "--threads", str(threads),
                   "--depth", str(depth), "--ballast", str(ballast), "--gap", self.gaps, "--ready", ready]
        if busy:
            command.append("--busy")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        while not os.path.exists(ready):
            if self.process.poll() is not None:
                sys.exit("the target ended before it was ready")
            time.sleep(0.05)
        time.sleep(0.5)
        self.read = 0
        self.window()

    @property
    def pid(self):
        return self.process.pid

    def window(self):
        """Close the meter's window; return its gaps as (start, seconds), and the sum over 0.1 ms."""
        os.kill(self.pid, signal.SIGUSR1)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with open(self.gaps) as file:
                lines = file.read().splitlines(keepends=True)
            if len(lines) > self.read and lines[-1].endswith("\n"):
                self.read = len(lines)
                return parse(lines[-1])
            time.sleep(0.005)
        sys.exit("the gap meter did not answer")

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def parse(line):
    fields = dict(part.split("=", 1) for part in line.split()[1:])
    gaps = [(float(s), float(ms)) for s, ms in
            (re.match(r"([\d.]+)\+([\d.]+)", g).groups() for g in fields["top"].split(",") if g)]
    return gaps, float(fields["sum_ms"])


def longest(gaps, start, end):
    return max((ms for s, ms in gaps if start <= s + ms / 1e3 and s <= end), default=0.0)


def run(target, command):
    target.window()
    start = time.monotonic()
    done = subprocess.run([a.replace("{pid}", str(target.pid)) for a in command],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    end = time.monotonic()
    time.sleep(0.02)
    gaps, total = target.window()
    return longest(gaps, start, end), total, (end - start) * 1e3, done.returncode, done.stdout, gaps


def idle(target, seconds):
    target.window()
    time.sleep(seconds)
    gaps, total = target.window()
    return max((ms for _, ms in gaps), default=0.0), total


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--name", default="tool")
    parser.add_argument("--python", default=sys.executable, help="interpreter of the target")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--depth", type=int, default=10)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--ballast", type=int, default=0, help="megabytes of objects in the target's heap")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--brief", action="store_true", help="only the last line")
    parser.add_argument("--keep", metavar="FILE", help="write the last run's output there")
    parser.add_argument("command", nargs="+")
    args = parser.parse_args()

    target = Target(args.python, args.threads, args.depth, args.busy, args.ballast)
    try:
        load = os.getloadavg()[0]
        first = run(target, args.command)                    # warm-up, not counted
        if args.keep:
            with open(args.keep, "wb") as file:
                file.write(first[4])
        quiet = [idle(target, first[2] / 1e3) for _ in range(args.runs // 2)]
        runs = [run(target, args.command) for _ in range(args.runs)]
        quiet += [idle(target, first[2] / 1e3) for _ in range(args.runs - args.runs // 2)]
    finally:
        target.end()

    if not args.brief:
        for n, (gap, total, wall, code, out, _) in enumerate(runs):
            print("run %d: longest gap %.3f ms, gaps over 0.1 ms in all %.3f ms, tool %.0f ms, exit %d, %d bytes"
                  % (n + 1, gap, total, wall, code, len(out)))
    bad = [r[3] for r in runs if r[3]]
    if bad:
        print("exit codes not 0: %s; %s" % (bad, runs[0][4][-300:]), file=sys.stderr)
    gap, total, wall = ([r[i] for r in runs] for i in range(3))
    noise = [q[0] for q in quiet]
    mid = statistics.median
    print("%s,%d,%.3f,%.3f,%.3f,%.3f,%.1f,%.1f,%.1f,%.3f,%.3f,%.2f" % (
        args.name, args.runs, mid(gap), min(gap), max(gap), mid(total), mid(wall), min(wall), max(wall),
        mid(noise), max(noise), load))


if __name__ == "__main__":
    main()
