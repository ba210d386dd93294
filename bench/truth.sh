#!/usr/bin/env bash
# The table of truth: shares of functions by the program's own clocks and by samples, for each version, mode and situation (TruthRun.cs), 10 s at 10,000 a second each. With all versions it takes about an hour;
# SECONDS_EACH, PYTHONS (names of programs), MODES and SITUATIONS (words) make it shorter. Give it a quiet machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${PYSTACK_CACHE:-$here/../.cache}
pythons=${PYTHONS:-$(ls -d ${PYENV_ROOT:-/nonexistent}/versions/3.*/bin/python3 "$cache"/pythons/bin/python3.1[0-9] "$cache"/pythons/free-threaded/*/bin/python3.*t 2>/dev/null)}
dotnet build -c Release -v q "$here" >/dev/null
# shellcheck disable=SC2086
exec "$here/bin/Release/net10.0/PyStack.Bench" truth "$here/../tests/Programs/profile/shares.py" "${SECONDS_EACH:-10}" "${RATE:-10000}" $pythons
