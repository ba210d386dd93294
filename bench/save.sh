#!/usr/bin/env bash
# What a core costs: gcore and Save-PyCore of the same process, in turn. For each number of threads: the size of the core, how long the process did not run (by its own clock: a thread that
# reads it all the time), and how long the command took.
#
#     bash bench/save.sh [THREADS ...]
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
module=${MODULE:-$here/out/PyStack}
pwsh=${PWSH:-pwsh}
python=${PYTHON:-python3}
work=$(mktemp -d)
target=
trap '[ -z "$target" ] || kill "$target"; rm -rf "$work"' EXIT

cat > "$work/target.py" <<'PYTHON'
# Threads that sleep, 100 MB of heap, and one thread that watches the clock: the longest time that it did not run since the last line of its input.
import sys, threading, time
data = [bytearray(1 << 20) for _ in range(100)]
def sleeps(depth):
    if depth: return sleeps(depth - 1)
    threading.Event().wait()
for _ in range(int(sys.argv[1])):
    threading.Thread(target=sleeps, args=(10,), daemon=True).start()
longest = 0.0
def watches():
    global longest
    last = time.perf_counter()
    while True:
        time.sleep(0.0001)
        now = time.perf_counter()
        longest = max(longest, now - last)
        last = now
threading.Thread(target=watches, daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    print("%.2f" % (longest * 1000), flush=True)
    longest = 0.0
PYTHON

printf '%8s  %-28s %14s %18s %10s\n' threads command bytes 'longest gap (ms)' 'time (s)'
for threads in "${@:-1}"; do
    for count in $threads; do
        mkfifo "$work/in.$count"
        "$python" "$work/target.py" "$count" < "$work/in.$count" > "$work/out.$count" &
        target=$!
        exec 5> "$work/in.$count"
        until grep -q ready "$work/out.$count"; do sleep 0.1; done
        ask() { local lines; lines=$(wc -l < "$work/out.$count"); echo >&5; until [ "$(wc -l < "$work/out.$count")" -gt "$lines" ]; do sleep 0.05; done; tail -n 1 "$work/out.$count"; }
        row() { # name, command
            ask > /dev/null; sleep 1; local idle; idle=$(ask)
            local start end; start=$(date +%s.%N); eval "$2" > "$work/log" 2>&1 || { cat "$work/log"; exit 1; }; end=$(date +%s.%N)
            printf '%8s  %-28s %14s %18s %10.2f   (before: %s)\n' "$count" "$1" "$(stat -c %s "$work/core")" "$(ask)" "$(awk "BEGIN { print $end - $start }")" "$idle"
            grep -ho '[0-9]* w[a-z]* stopped for.*' "$work/log" | sed 's/^/          /' || true
            rm -f "$work/core"
        }
        save() { printf 'Import-Module %s/PyStack.psd1; $null = Save-PyCore %s %s -Path %s/first.core; Save-PyCore %s %s -Path %s -Verbose; Move-Item -Force %s %s' "$module" "$target" "$1" "$work" "$target" "$1" "$work/$2" "$work/$2" "$work/core" > "$work/save.ps1"; "$pwsh" -NoProfile "$work/save.ps1"; }
        row gcore "gcore -o $work/core $target && mv $work/core.$target $work/core"
        row 'Save-PyCore' "save '' a.core"
        row 'Save-PyCore (.zst)' "save '' a.zst"
        row 'Save-PyCore -Native' "save -Native a.core"
        row 'Save-PyCore -Native -Locals' "save '-Native -Locals' a.core"
        row 'Save-PyCore -Redact' "save -Redact a.core"
        exec 5>&-
        wait "$target" || true
        target=
    done
done
