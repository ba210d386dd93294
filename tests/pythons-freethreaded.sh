# Sourced by pythons.sh: builds free-threaded interpreters, which no Debian suite has, from Debian's source packages.
# shellcheck shell=bash

free_threaded_wanted=("python3.13 trixie" "python3.14 sid")

# open_sources STATE SUITE: like open_suite, for source packages.
open_sources() {
    open_suite "$1" "$2" || return 1
    sed -i 's/^Types: deb$/Types: deb-src/' "$1/sources.d/debian.sources"
    private_apt "$1" apt-get -q update < /dev/null > "$1/update.log" 2>&1 || true
    [[ -n $(find "$1/lists" -name '*_Sources*' -print -quit) ]]
}

# unpack_source STATE PACKAGE: into STATE/tree, without Debian's changes.
unpack_source() {
    local state=$1 package=$2
    (cd "$state" && private_apt "$state" apt-get -q --download-only source "$package") < /dev/null > "$state/source.log" 2>&1 || return 1
    mkdir -p "$state/tree"
    tar -x -f "$(find "$state" -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc' -print -quit)" -C "$state/tree" --strip-components=1
}

# build_free_threaded STATE PACKAGE PREFIX: two minutes on two cores; static, with symbols, no optional modules but what is at hand.
build_free_threaded() {
    local state=$1 package=$2 prefix=$3
    unpack_source "$state" "$package" || return 1
    (
        cd "$state/tree"
        ./configure -q --prefix="$prefix" --disable-gil --disable-test-modules --without-ensurepip CFLAGS='-O1 -g'
        make -s -j"$(nproc)"
        make -s altbininstall libinstall sharedinstall
    ) < /dev/null > "$state/build.log" 2>&1 || return 1
    find "$prefix" -depth \( -name test -o -name __pycache__ -o -name idlelib -o -name 'config-*' \) -exec rm -rf {} +
}

# add_free_threaded NEW NAME SUITE: listed like the others, in a root that is the machine's own.
add_free_threaded() {
    local new=$1 package=$2 suite=$3 name=$2t state prefix version
    state=$new/state-$name
    prefix=$new/free-threaded/$name
    if ! command -v gcc > /dev/null || ! command -v make > /dev/null; then
        printf '%s\tthis machine has no compiler to build it\n' "$name" >> "$new/absent.tsv"
    elif ! open_sources "$state" "$suite"; then
        printf '%s\tno source packages of %s can be read: %s\n' "$name" "$suite" "$(why_not "$state/update.log")" >> "$new/absent.tsv"
    elif ! build_free_threaded "$state" "$package" "$prefix"; then
        printf '%s\tcannot be built: %s\n' "$name" "$(tail -qn 1 "$state"/{source,build}.log 2> /dev/null | tail -n 1 | tr '\t' ' ')" >> "$new/absent.tsv"
        rm -rf "$prefix"
    else
        version=$("$prefix/bin/$name" -c 'import platform; print(platform.python_version())')
        printf '%s\t%s\t%s\t-\t%s\t-\t-\n' "$name" "$version" "$suite" "free-threaded/$name/bin/$name" >> "$new/pythons.tsv"
    fi
    rm -rf "$state"
}

# keep_free_threaded OLD NEW NAME: takes what an earlier run has built along.
keep_free_threaded() {
    local old=$1 new=$2 name=$3t
    [[ -f $old/pythons.tsv ]] && grep -q "^$name	" "$old/pythons.tsv" || return 1
    "$old/free-threaded/$name/bin/$name" -c 'import ctypes' 2> /dev/null || return 1
    mkdir -p "$new/free-threaded"
    cp -a "$old/free-threaded/$name" "$new/free-threaded/"
    grep "^$name	" "$old/pythons.tsv" >> "$new/pythons.tsv"
}

all_free_threaded() {
    local old=$1 new=$2 package suite
    for package in "${free_threaded_wanted[@]}"; do
        read -r package suite <<< "$package"
        keep_free_threaded "$old" "$new" "$package" || add_free_threaded "$new" "$package" "$suite"
    done
}
