#!/usr/bin/env python3
"""The table of bench/pause.sh: the target's longest gap under several commands, all on one process in one run."""
import argparse
import re
import shlex
import statistics
import sys
import time

import pause

# Threads, depth below each thread's entry, busy.
SHAPES = [(1, 10, False), (1, 900, False), (4, 20, True), (100, 20, False), (1000, 20, False)]


def commands(args):
    host = shlex.split(args.host)
    # CapturedAt is wall-clock time: its distance to the meter's clock is taken beside each run.
    show = ("Get-PyStack -Id {pid}%s | ForEach-Object { 'pause {0:R} {1:R}' -f"
            " ($_.CapturedAt.ToUniversalTime() - [DateTime]::UnixEpoch).TotalSeconds, $_.Pause.TotalMilliseconds }")
    return [
        ("bare", [args.barestop, "{pid}"]),
        ("blocking", host + [show % ""]),
        ("native", host + [show % " -NativeAll"]),
        ("locals", host + [show % " -Locals"]),
        ("NoBlock", host + [show % " -NoBlock"]),
    ]


def reported(name, output):
    """When the tool says that the pause began (CLOCK_MONOTONIC, seconds), and how long it was in milliseconds."""
    if name == "bare":
        found = re.search(rb"start=([\d.]+) pause_us=([\d.]+)", output)
        return float(found.group(1)), float(found.group(2)) / 1e3
    found = re.search(rb"^pause ([\d.]+) ([\d.E-]+)", output, re.MULTILINE)
    return float(found.group(1)) - (time.time() - time.monotonic()), float(found.group(2))


def measure(args, threads, depth, busy):
    target = pause.Target(args.python, threads, depth, busy, 0)
    rows = {name: ([], [], []) for name, _ in commands(args)}
    idle = []
    try:
        for turn in range(args.runs + 1):
            for name, command in commands(args):
                gap, _, wall, code, output, gaps = pause.run(target, command)
                if code != 0:
                    sys.exit("%s failed: %s" % (name, output.decode(errors="replace")[-500:]))
                if turn > 0:                          # the first turn warms the machine's caches
                    start, length = reported(name, output)
                    rows[name][0].append(pause.longest(gaps, start, start + length / 1e3))
                    rows[name][1].append(length)
                    rows[name][2].append(gap)
            if turn > 0:
                idle.append(pause.idle(target, 0.5)[0])
    finally:
        target.end()
    return rows, idle


def spread(values):
    return "%.3f (%.3f .. %.3f)" % (statistics.median(values), min(values), max(values))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--barestop", required=True)
    parser.add_argument("--host", required=True)
    args = parser.parse_args()

    line = "%-26s %-9s %-26s %-9s %-26s %s"
    print(line % ("target", "command", "gap at the pause, ms", "allowed", "pause as reported, ms", "longest gap of the whole run, ms"))
    for threads, depth, busy in SHAPES:
        rows, idle = measure(args, threads, depth, busy)
        allowed = max(3 * statistics.median(rows["bare"][0]), 0.1)
        label = "%d thread%s, depth %d%s" % (threads, "s" if threads > 1 else "", depth, ", busy" if busy else "")
        for name, (gaps, told, longest) in rows.items():
            seen = "" if name == "NoBlock" else spread(gaps)
            # Native frames may cost half as much again as the same pause without them.
            native = max(1.5 * statistics.median(rows["blocking"][0]), 0.1)
            # With -Locals, frames of ten ordinary variables, it may take four times as long.
            limits = {"blocking": allowed, "native": native, "locals": 4 * statistics.median(rows["blocking"][0])}
            limit = "%.3f" % limits[name] if name in limits else ""
            print(line % (label, name, seen, limit, spread(told), spread(longest)))
        print(line % (label, "idle", "", "", "", spread(idle)))


if __name__ == "__main__":
    main()
