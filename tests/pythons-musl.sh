# Sourced by pythons.sh: builds CPython against musl, the libc of Alpine, from Debian's source package with Debian's musl-tools.
# shellcheck shell=bash

musl_python=python3.13
musl_suites=(trixie forky) # sid's newer series have no source packages on every mirror

# musl_compiler FOLDER: musl-gcc as configure wants it, and the kernel's headers, which musl does not have.
musl_compiler() {
    local folder=$1 multiarch name
    multiarch=$(gcc -print-multiarch)
    mkdir -p "$folder/include"
    for name in linux asm-generic; do ln -sfn "/usr/include/$name" "$folder/include/$name"; done
    ln -sfn "/usr/include/$multiarch/asm" "$folder/include/asm"
    # The wrapped gcc would name the machine's own libc.
    cat > "$folder/cc" << WRAPPER
#!/bin/sh
case " \$* " in
    *" --print-multiarch "*) echo "${multiarch%-gnu}-musl" ;;
    *) exec musl-gcc "\$@" ;;
esac
WRAPPER
    chmod +x "$folder/cc"
}

# build_musl STATE PREFIX: two minutes on two cores. The machine's libraries are for its own libc: no ctypes, zlib, ssl, sqlite. Alpine's linker makes the search
# table of unwind information by itself, this one if it is asked to.
build_musl() {
    local state=$1 prefix=$2
    unpack_source "$state" "$musl_python" || return 1
    musl_compiler "$state/musl"
    (
        cd "$state/tree"
        export PKG_CONFIG=false ac_cv_header_zlib_h=no ac_cv_header_openssl_ssl_h=no ac_cv_header_bzlib_h=no ac_cv_header_lzma_h=no
        ./configure -q --prefix="$prefix" --disable-test-modules --without-ensurepip \
            CC="$state/musl/cc" CPPFLAGS="-I$state/musl/include" CFLAGS='-O1 -g' LDFLAGS='-Wl,--eh-frame-hdr'
        make -s -j"$(nproc)"
        make -s altbininstall libinstall sharedinstall
    ) < /dev/null > "$state/build.log" 2>&1 || return 1
    find "$prefix" -depth \( -name test -o -name __pycache__ -o -name idlelib -o -name 'config-*' \) -exec rm -rf {} +
}

# all_musl FOLDER: into FOLDER/musl, which pythons.tsv does not list: the tests that want it ask for it by name.
all_musl() {
    local state=$1/state-musl prefix=$1/musl suite reason="no source packages can be read"
    [[ ! -x $prefix/bin/$musl_python ]] || return 0
    if ! command -v musl-gcc > /dev/null || ! command -v make > /dev/null; then
        echo "pythons: musl: this machine has no musl-gcc and make (Debian: musl-tools, make)" >&2
        return 0
    fi
    echo "pythons: building $musl_python against musl ..." >&2
    for suite in "${musl_suites[@]}"; do
        rm -rf "$state" "$prefix"
        open_sources "$state" "$suite" || continue
        if build_musl "$state" "$prefix" && "$prefix/bin/$musl_python" -c pass; then
            rm -rf "$state"
            return 0
        fi
        reason="cannot be built: $(tail -qn 1 "$state"/{source,build}.log 2> /dev/null | tail -n 1)"
    done
    rm -rf "$state" "$prefix"
    echo "pythons: musl: $reason" >&2
}

# keep_musl OLD NEW: takes what an earlier run has built along.
keep_musl() {
    [[ ! -d $1/musl ]] || cp -a "$1/musl" "$2/"
}
