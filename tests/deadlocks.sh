#!/usr/bin/env bash
# The long version of tests/Engine/Sessions/DeadlockSearchTests: every situation on every series, and hundreds of looks at programs that have no deadlock.
#
#   tests/deadlocks.sh
#
# Exit code 1 if a deadlock was not found, or one was shown that cannot have been.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dotnet build "$here/Engine" -v q
# The observer on one processor: the other one is the target's, so that something can go wrong.
PYSTACK_TESTS=all taskset -c 0 "$here/Engine/bin/Debug/net10.0/PyStack.Engine.Tests" -noColor -maxThreads 2 -class '*.DeadlockSearchTests' -class '*.Deadlocks.*' | grep --line-buffered -vE '^ +at |Stack Trace:| here, not used '
