#!/usr/bin/env bash
# How long does Get-PyStack stop its target, as the target itself sees it, beside the bare cost of stopping the same threads?
#
#   bench/pause.sh [RUNS]          default 7 runs of each
#   PYTHON=python3.12 bench/pause.sh
#
# For every shape of target one process is started with the gap meter in it. Then, in one run and on that same process, in turn:
#   bare      stops and continues its threads, nothing else (bench/gapmeter/barestop.c)
#   blocking  Get-PyStack -Id PID           a fresh host process for each
#   native    Get-PyStack -Id PID -NativeAll
#   locals    Get-PyStack -Id PID -Locals, ten variables in each frame
#   NoBlock   Get-PyStack -Id PID -NoBlock
#   idle      nothing: the machine's own noise
# Printed are medians (least .. greatest) in milliseconds: the gap that the meter's thread saw while it was stopped (the longest one that
# overlaps the time which the tool itself tells for its pause, so that the machine's noise stays out); the tool's own clock from the first
# interrupt to the last detach; and the longest gap while the command ran at all, for the noise. "allowed" is what the project
# promises: three times the bare gap, or 0.1 ms where that is more; with native frames 1.5 times, and with variables four times, the gap without.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

runs=${1:-7}
python=${PYTHON:-python3}
work=$PWD/out/bench
mkdir -p "$work"
make -s -C bench/gapmeter OUT="$work"
dotnet build src/PyStack.Host -c Release -v quiet --nologo
export GAPMETER=$work/libgapmeter.so
exec "$python" bench/gapmeter/compare.py --python "$(command -v "$python")" --runs "$runs" \
    --barestop "$work/barestop" --host "dotnet $PWD/src/PyStack.Host/bin/Release/net10.0/pystack-host.dll"
