#!/usr/bin/env bash
# Gets greenlet in several versions for the interpreters of this machine, and gevent and eventlet for one of them, from Debian's own suites.
#
#   tests/greenlets.sh            unpack and compile what is missing (half a minute the first time), then list
#   tests/greenlets.sh --refresh  everything anew
#
# Debian's packages have greenlet compiled for the suite's own Python, and from 2.0 on its sources: these are compiled for pyenv's interpreters. Nothing is installed.
#
#   $PYSTACK_CACHE (default: .cache at the repository's root, which git ignores)
#     greenlets/SUITE/             the packages, unpacked
#     greenlets/built/2.0.2-3.6/   compiled here
#     greenlets/greenlets.tsv      version, series of the interpreter, path to import from, libraries, library to preload, what else is there
#     greenlets/absent.tsv         what, reason
# Paths in the .tsv files are relative to greenlets/; what is not needed is written "-".
# A machine without the mirror or without a compiler is no failure.
set -euo pipefail

recipe=1 # raise it when what is made changes
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PYSTACK_CACHE:-$here/../.cache}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
done_dir=$cache/greenlets

# shellcheck source=tests/pythons-debian.sh
source "$here/pythons-debian.sh"

# Suite, the interpreter that its greenlet was compiled for, packages.
suites=(
    "bullseye 3.9 python3-greenlet"
    "bookworm 3.11 python3-greenlet python3-gevent python3-eventlet python3-dnspython python3-six python3-zope.event python3-zope.interface libev4 libc-ares2 libuv1"
    "trixie 3.13 python3-greenlet"
    "sid 3.14 python3-greenlet libstdc++6"
)

# Suite with the sources, the interpreters that they are compiled for: each layout of greenlet and CPython once.
builds=("bookworm 3.6 3.7 3.10" "trixie 3.8 3.12" "sid 3.13")

packages=usr/lib/python3/dist-packages

# unpack_suite NEW SUITE PACKAGE...: without what they depend on.
unpack_suite() {
    local new=$1 suite=$2 state=$1/state-$2 deb
    shift 2
    if ! open_suite "$state" "$suite"; then
        printf '%s\tthe suite cannot be read: %s\n' "$suite" "$(why_not "$state/update.log")" >> "$new/absent.tsv"
        return 1
    fi
    if ! (cd "$state/cache" && private_apt "$state" apt-get -q download "$@") < /dev/null > "$state/download.log" 2>&1; then
        printf '%s\tthe packages cannot be had: %s\n' "$suite" "$(why_not "$state/download.log")" >> "$new/absent.tsv"
        return 1
    fi
    mkdir -p "$new/$suite"
    for deb in "$state"/cache/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$new/$suite" --no-same-owner --exclude='./usr/share' --exclude='*/tests/*' || return 1
    done
}

version_of() { # the package's own word for it
    find "$1/$packages" -maxdepth 1 -name 'greenlet-*' | sed -nE 's#.*/greenlet-([0-9.]+[0-9]).*#\1#p' | head -n 1
}

# build NEW SUITE SERIES: the sources of a suite's package for one of pyenv's interpreters.
build() {
    local new=$1 suite=$2 series=$3 source=$1/$2/$packages/greenlet python version out
    python=$(find "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions" -maxdepth 1 -name "$series.*" 2> /dev/null | sort | head -n 1)/bin/python3
    [[ -x $python && -f $source/greenlet.cpp ]] || return 0
    version=$(version_of "$new/$suite")
    out=built/$version-$series
    mkdir -p "$new/$out/greenlet"
    cp "$source"/*.py "$new/$out/greenlet/"
    # The C++ library is linked in, so that the result starts wherever its interpreter does.
    if g++ -g -O1 -w -std=c++14 -shared -fPIC -static-libstdc++ -static-libgcc \
        -I"$("$python" -c 'import sysconfig; print(sysconfig.get_paths()["include"])')" -I"$source" \
        -o "$new/$out/greenlet/_greenlet$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))')" "$source/greenlet.cpp" 2> "$new/$out/log" &&
        PYTHONPATH=$new/$out "$python" -c 'import greenlet; assert greenlet.greenlet(lambda: 1).switch() == 1' 2>> "$new/$out/log"; then
        printf '%s\t%s\t%s\t-\t-\t-\n' "$version" "$series" "$out" > "$new/$out/row"
    else
        printf 'greenlet %s for %s\tcannot be compiled: %s\n' "$version" "$series" "$(tail -n 1 "$new/$out/log" | tr '\t' ' ')" >> "$new/absent.tsv"
    fi
}

fill() {
    exec 9> "$cache/greenlets.lock"
    flock 9
    [[ $* == --refresh ]] || ! is_fresh || return 0 # another run filled it while we waited
    rm -rf "$cache"/greenlets.new.*
    local new=$cache/greenlets.new.$$ suite series row words libraries preload
    mkdir -p "$new"
    echo "greenlets: unpacking and compiling greenlet ..." >&2
    : > "$new/absent.tsv"
    : > "$new/greenlets.tsv"
    for words in "${suites[@]}"; do
        read -r suite series row <<< "$words"
        # shellcheck disable=SC2086
        unpack_suite "$new" "$suite" $row || continue
        libraries=$(cd "$new" && find "$suite/usr/lib" -maxdepth 1 -name '*-linux-gnu' | head -n 1)
        preload=$(cd "$new" && find "$suite/usr/lib" -name 'libstdc++.so.6' | head -n 1)
        [[ $suite == trixie ]] || printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$(version_of "$new/$suite")" "$series" "$suite/$packages" \
            "${libraries:--}" "${preload:--}" "$([[ $row == *gevent* ]] && echo 'gevent eventlet' || echo -)" >> "$new/greenlets.tsv"
        [[ $suite != sid ]] || printf '%s\t3.15\t%s\t%s\t%s\t-\n' "$(version_of "$new/$suite")" "$suite/$packages" "${libraries:--}" "${preload:--}" >> "$new/greenlets.tsv"
    done
    if command -v g++ > /dev/null; then
        for words in "${builds[@]}"; do
            read -r suite words <<< "$words"
            for series in $words; do
                build "$new" "$suite" "$series" &
            done
            wait
        done
        cat "$new"/built/*/row >> "$new/greenlets.tsv" 2> /dev/null || true
    else
        printf 'greenlet for pyenv\tthis machine has no C++ compiler\n' >> "$new/absent.tsv"
    fi
    rm -rf "$new"/state-*
    printf '%s\n' "$recipe" > "$new/stamp"
    rm -rf "$done_dir"
    mv "$new" "$done_dir"
}

# Fresh: made by this recipe; and where something is absent, not tried in the last day.
is_fresh() {
    [[ -f $done_dir/stamp && $(< "$done_dir/stamp") == "$recipe" ]] || return 1
    [[ ! -s $done_dir/absent.tsv ]] || [[ -n $(find "$done_dir/stamp" -mtime -1) ]]
}

if [[ ${1:-} == --refresh ]] || ! is_fresh; then
    fill "${1:-}"
fi
while IFS=$'\t' read -r version series path _ _ more; do
    printf 'present  greenlet %-8s for %-5s %s%s\n' "$version" "$series" "$path" "$([[ $more == - ]] || printf ' with %s' "$more")"
done < <(sort -t $'\t' -k 2,2V "$done_dir/greenlets.tsv")
while IFS=$'\t' read -r name reason; do
    printf 'absent   %-12s %s\n' "$name" "$reason"
done < "$done_dir/absent.tsv"
