#!/usr/bin/env bash
# How long does Get-PyStack stop its target, as the target itself sees it, beside the bare cost of stopping the same threads?
#
#   bench/pause.sh [RUNS]                                   default 9 captures of each kind
#   PYTHON=python3.12 PWSH=/path/to/pwsh bench/pause.sh
#   MODULE=/path/to/another/checkout/out/PyStack bench/pause.sh      before (that module) and after (this checkout), in one run
#   SHAPES='1,1 1000,1 100,100,0.001' bench/pause.sh       only these: threads, how many of them compute, switch interval in seconds
#
# For every shape one process is started: threads of 20 frames with ten variables in each, of which none, one, two or all compute and the
# others sleep. Then on that same process, in turn, so that the machine's noise is the same for all:
#   bare, one thread   stops and continues its main thread, nothing else (bench/gapmeter/barestop.c); the main thread computes, if any does
#   bare, all threads  stops and continues all its threads
#   bare, one, and copy  the main thread again, and four pages for each thread are copied while it is stopped: as many as hold its frames
#                      (only where all threads run in turn, so that they all have to be copied anew)
#   plain, -NativeAll, -Locals, -NoBlock     Get-PyStack in one warm pwsh for each module
#   idle               nothing: the machine's own noise, in windows of 0.2 s
# Printed are medians (least .. greatest) in milliseconds:
#   stopped                how many threads were (StoppedThreads; - of a module that does not say it), and how often
#   pause as told          the tool's own clock from the first interrupt to the last detach, summed over all tries of a capture
#   as the target sees it  the threads that compute read the clock in every turn of their loop: the longest time without a reading that
#                          overlaps the last try. Where many run, another thread may run on while the wrong one is stopped.
#   allowed                what the project promises for it; ! if the median is above. 0.1 ms or three times the bare stop of one thread,
#                          whichever is more (where all run in turn: of the bare copy, by its own clock); 0.2 ms with -NativeAll where all
#                          but two threads sleep; with -Locals four times the same module's pause without, of 0.1 ms at least
#   whole, call            the longest gap of the whole call, and what the call took
# A target in which none computes reads no clock: what is told is compared.
set -euo pipefail
before=${MODULE:+$(realpath "$MODULE")}
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs=${1:-9}
python=${PYTHON:-python3}
pwsh=${PWSH:-pwsh}
command -v "$pwsh" > /dev/null || { echo "pause.sh: there is no $pwsh; set PWSH to one (tests/pwsh.sh can get it)" >&2; exit 2; }
work=$PWD/out/bench
mkdir -p "$work"
make -s -C bench/gapmeter OUT="$work"
dotnet build src/PyStack.Host -c Release -v quiet --nologo      # assembles out/PyStack
export GAPMETER=$work/libgapmeter.so
if [ -n "$before" ]; then
    modules=(--module "before=$before" --module "after=$PWD/out/PyStack")
else
    modules=(--module "=$PWD/out/PyStack")
fi
shapes=()
for shape in ${SHAPES:-}; do
    shapes+=(--shape "$shape")
done
# A pyenv shim is not the interpreter.
exec "$python" bench/gapmeter/compare.py --python "$("$python" -c 'import sys; print(sys.executable)')" --runs "$runs" \
    --barestop "$work/barestop" --pwsh "$pwsh" "${modules[@]}" ${shapes[@]+"${shapes[@]}"}
