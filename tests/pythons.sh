#!/usr/bin/env bash
# Gets the interpreters that a machine does not have, from Debian's own suites, and says which ones there are.
#
#   tests/pythons.sh            unpack what is missing (some seconds the first time), then list
#   tests/pythons.sh --refresh  unpack everything anew
#
# Nothing is installed and the system's apt state is not touched: packages are unpacked into roots of their own.
#
#   $PYSTACK_CACHE (default: .cache at the repository's root, which git ignores)
#     pythons/roots/SUITE/usr/bin/python3.14         the interpreters, in a root with their own libc
#     pythons/roots/SUITE/usr/bin/python3.14d        Debian's debug build (Py_DEBUG) of 3.14
#     pythons/free-threaded/python3.13t/bin/python3.13t   built here from Debian's sources without a GIL (some minutes)
#     pythons/musl/bin/python3.13                   built here against musl from Debian's sources, if asked for
#     pythons/with-debug/usr/bin/python3.11         Debian's stripped 3.11 with the debug file of its -dbg package beside it
#     pythons/bin/python3.14                         starts it by the root's own loader; needs no rights
#     pythons/debug/.build-id/xx/yyyy.debug          separate debug information of the stripped ones
#     pythons/pythons.tsv                            name, version, suite, root, executable, wrapper, debug file
#     pythons/absent.tsv                             name, reason
# Paths in the .tsv files are relative to pythons/; what is absent (a root, a wrapper, a debug file) is written "-". Root can also start one by
# `chroot pythons/roots/SUITE /usr/bin/python3.14`.
#
# PYSTACK_PYTHONS_DEBUG=0 leaves out the debug build and the debug information (200 MB of downloads).
# PYSTACK_PYTHONS_FREE_THREADED=0 builds no free-threaded interpreters.
# PYSTACK_PYTHONS_MUSL=1 builds one against musl as well, with Debian's musl-tools (two minutes; not in the gate).
# A machine without the mirror is no failure: exit 1 only if there is no python3 at all.
set -euo pipefail

recipe=6 # raise it when what is unpacked changes: older caches are then made anew
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PYSTACK_CACHE:-$here/../.cache}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
done_dir=$cache/pythons
with_debug=${PYSTACK_PYTHONS_DEBUG:-1}
with_free_threaded=${PYSTACK_PYTHONS_FREE_THREADED:-1}
stamp="$recipe debug=$with_debug free-threaded=$with_free_threaded"

# shellcheck source=tests/pythons-debian.sh
source "$here/pythons-debian.sh"
# shellcheck source=tests/pythons-freethreaded.sh
source "$here/pythons-freethreaded.sh"
# shellcheck source=tests/pythons-musl.sh
source "$here/pythons-musl.sh"

list_machine() {
    local found=0 exe
    for exe in "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.*/bin/python3 /usr/bin/python3.[0-9]* /usr/local/bin/python3.[0-9]*; do
        [[ -x $exe && $exe =~ python3(\.[0-9]+)?$ ]] || continue
        if [[ $exe == */versions/* ]]; then
            printf 'present  %-12s %s\n' "$(basename "$(dirname "$(dirname "$exe")")")" "pyenv"
        else
            printf 'present  %-12s %s\n' "$(basename "$exe")" "$exe"
        fi
        found=1
    done
    ((found)) || command -v python3 > /dev/null
}

list_cache() {
    [[ -f $done_dir/pythons.tsv ]] || return 1
    local name version suite root executable wrapper debug reason
    while IFS=$'\t' read -r name version suite root executable wrapper debug; do
        printf 'present  %-12s %s from Debian %s%s\n' "$name" "$version" "$suite" \
            "$([[ $debug == - ]] || printf ', with debug information')"
    done < "$done_dir/pythons.tsv"
    while IFS=$'\t' read -r name reason; do
        printf 'absent   %-12s %s\n' "$name" "$reason"
    done < "$done_dir/absent.tsv"
    [[ ! -x $done_dir/musl/bin/$musl_python ]] || printf 'present  %-12s built against musl\n' "$musl_python"
    [[ -s $done_dir/pythons.tsv ]]
}

# Fresh: made by this recipe; and where something is absent, not tried in the last day.
is_fresh() {
    [[ -f $done_dir/stamp && $(< "$done_dir/stamp") == "$stamp" ]] || return 1
    [[ ! -s $done_dir/absent.tsv ]] || [[ -n $(find "$done_dir/stamp" -mtime -1) ]]
}

fill() {
    exec 9> "$cache/pythons.lock"
    flock 9
    [[ $* == --refresh ]] || ! is_fresh || return 0 # another run filled it while we waited
    rm -rf "$cache"/pythons.new.* "$cache"/pythons.old.* # of a run that was interrupted
    local new=$cache/pythons.new.$$
    mkdir -p "$new"
    echo "pythons: unpacking interpreters from Debian's suites ..." >&2
    unpack_all "$new" "$with_debug"
    if ((with_free_threaded)); then
        all_free_threaded "$done_dir" "$new"
    fi
    keep_musl "$done_dir" "$new"
    printf '%s\n' "$stamp" > "$new/stamp"
    # A mirror that is gone today must not take away what an earlier day brought.
    if [[ -s $done_dir/pythons.tsv ]] && (($(wc -l < "$new/pythons.tsv") < $(wc -l < "$done_dir/pythons.tsv"))); then
        cp "$new/stamp" "$done_dir/stamp"
        rm -rf "$new"
        return 0
    fi
    [[ ! -e $done_dir ]] || mv "$done_dir" "$cache/pythons.old.$$"
    mv "$new" "$done_dir"
    rm -rf "$cache/pythons.old.$$"
}

if [[ ${1:-} == --refresh ]] || ! is_fresh; then
    fill "${1:-}"
fi
if [[ ${PYSTACK_PYTHONS_MUSL:-0} == 1 && -d $done_dir ]]; then
    (flock 9 && all_musl "$done_dir") 9> "$cache/pythons.lock"
fi
any=0
list_machine && any=1
list_cache && any=1
if ((!any)); then
    echo "pythons: there is no python3 on this machine, and none could be fetched" >&2
    exit 1
fi
