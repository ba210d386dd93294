#!/usr/bin/env bash
# The long version of tests/Engine/Sessions/Freeze: more than 20,000 captures of programs that know what can be, on every series from 3.7 on.
#
#   tests/freeze.sh             everything (most of an hour on two processors); one line for each program and series
#   tests/freeze.sh REGEX       the rows "INTERPRETER, PROGRAM" that match, for example '^3.12.*, ring'
#
# Exit code 1 if anything was shown that cannot have been; what it was is printed before the lines.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dotnet build "$here/Engine" -v q
# The observer on one processor: the other one is the target's, so that something can go wrong. See work.py.
PYSTACK_TESTS=all PYSTACK_FREEZE=${1:-} taskset -c 0 "$here/Engine/bin/Debug/net10.0/PyStack.Engine.Tests" -noColor -maxThreads 3 -class '*.FreezeTests' | grep --line-buffered -vE '^ +at |Stack Trace:| here, not used '
