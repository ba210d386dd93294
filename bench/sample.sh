#!/usr/bin/env bash
# Side by side: samplers on the same program. For each version of Python of $PYTHONS (names of programs; default: those that are found): how fast our sampler is on one thread of 10 frames; then, at 1,000 a second,
# its processor time and what it costs the target, beside the sampler of Python 3.15 itself, austin and py-spy, if they are at hand; then 100 threads of 20 frames. Give it a quiet machine: it takes some minutes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
seconds=${SECONDS_EACH:-5}
target=
trap '[ -n "$target" ] && kill "$target" 2>/dev/null; rm -rf "$work"' EXIT
dotnet build -c Release -v q "$here" >/dev/null || exit 1
ours=$here/bin/Release/net10.0/PyStack.Bench
cache=${PYSTACK_CACHE:-$here/../.cache}
pythons=${PYTHONS:-$(ls -d ${PYENV_ROOT:-/nonexistent}/versions/3.*/bin/python3 "$cache"/pythons/bin/python3.1[0-9] "$cache"/pythons/free-threaded/*/bin/python3.*t 2>/dev/null)}

start() { # PYTHON THREADS FRAMES
    "$1" "$here/sampled.py" "$2" "$3" "$work/turns" & target=$!
    while [ ! -s "$work/turns" ]; do sleep 0.1; kill -0 "$target" || exit 1; done
    sleep 0.5
}
stop() { kill "$target"; wait "$target" 2>/dev/null; target=; rm -f "$work/turns"; }
turns() { # FROM TO: turns in a second of time and of processor time
    awk -v from="$1" -v to="$2" '$1 >= from && $1 <= to { if (!n++) { t = $1; c = $2; k = $3 } T = $1; C = $2; K = $3 } END { if (T > t) printf "%f %f", (K - k) / (T - t), (K - k) / (C - c); else print "0 0" }' "$work/turns"
}
now() { tail -n 1 "$work/turns" | cut -d' ' -f1; }
beside() { # NAME COMMAND...: what it prints, and what it costs the target: in turns with and without it, the median of what it loses
    local name=$1; shift
    local a b c round
    : >"$work/lost"
    for round in 1 2 3 4 5 6; do
        a=$(now); sleep "$seconds"; b=$(now)
        "$@" >"$work/out" 2>"$work/err"; c=$(now)
        echo "$(turns "$a" "$b") $(turns "$b" "$c")" | awk '$3 > 0 { printf "%f %f\n", 100 * (1 - $3 / $1), 100 * (1 - $4 / $2) }' >>"$work/lost"
    done
    if [ -s "$work/lost" ]; then
        printf '  %-28s target slower by %.2f %% of the time, %.2f %% of its processor time (medians of %d)\n' "$name" "$(median 1)" "$(median 2)" "$(wc -l <"$work/lost")"
    else
        printf '  %-28s does not measure this target\n' "$name"
    fi
    grep -hE 'rate=|[Ss]amples|[Rr]ate|[Ee]rror|[Mm]issed|behind' "$work/out" "$work/err" | sed 's/\x1b\[[0-9;]*m//g' | head -n 8 | sed 's/^/      /'
}
median() { cut -d' ' -f"$1" "$work/lost" | sort -g | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

echo "one thread of 10 frames, as fast as can be ($seconds s each)"
for python in $pythons; do
    start "$python" 1 10
    printf '  %-14s ours: %s\n' "$("$python" -c 'import platform; print(platform.python_version())')" "$("$ours" profile "$target" 1000000 "$seconds" | head -n 1)"
    case $python in
    *3.15*)
        printf '  %-14s its own sampler:\n' ""
        for rate in 100000 200000; do
            "$python" -m profiling.sampling attach -r $rate -d "$seconds" --collapsed -o "$work/own" "$target" 2>&1 | sed 's/\x1b\[[0-9;]*m//g' | grep -iE 'sample|rate|error|miss' | head -n 6 | sed "s/^/                 asked for $rate: /"
        done
        ;;
    esac
    stop
done

# austin does not know the newest versions: it is run on an older one.
for python in $(ls "$cache"/pythons/bin/python3.15 2>/dev/null || command -v python3) $(command -v python3.11); do
    echo "1,000 a second, one thread of 10 frames, $("$python" --version)"
    start "$python" 1 10
    beside "ours" "$ours" profile "$target" 1000 "$seconds"
    beside "ours, -Native" "$ours" native "$target" 1000 "$seconds"
    case $python in
    *3.15*) beside "3.15's profiling.sampling" "$python" -m profiling.sampling attach -r 1000 -d "$seconds" --collapsed -o "$work/own" "$target" ;;
    *) if command -v austin >/dev/null; then beside "austin" timeout "$seconds" austin -i 1000 -o "$work/austin" -p "$target"; else echo "  austin is not at hand"; fi ;;
    esac
    if command -v py-spy >/dev/null; then beside "py-spy" py-spy record -n -r 1000 -d "$seconds" -f raw -o "$work/spy" --pid "$target"; else echo "  py-spy is not at hand"; fi
    stop
done

echo "100 threads of 20 frames, 1,000 a second"
for python in $pythons; do
    start "$python" 100 20
    printf '  %-14s %s\n' "$("$python" -c 'import platform; print(platform.python_version())')" "$("$ours" profile "$target" 1000 "$seconds" | head -n 1)"
    stop
done
