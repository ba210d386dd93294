# Sourced by arm64.sh: compiles a free-threaded Python for arm64 here, since an emulated machine would take hours.
# shellcheck shell=bash

# add_free_threaded_arm64 ROOT: 3.13t of trixie's source package, on bookworm's C library. It wants the one that tests/pythons.sh has built, to run
# what the build itself runs, and the cross compiler; without them there is none, which is said.
add_free_threaded_arm64() {
    local root=$1 name=python3.13t state=$images/state-free-threaded sources=$images/state-sources build tree prefix=/cache/pythons/free-threaded/python3.13t
    build=$images/../pythons/free-threaded/$name/bin/$name
    if [[ ! -x $build ]]; then
        echo "no $name for arm64: run tests/pythons.sh first"
        return 0
    fi
    build=$(cd "$(dirname "$build")" && pwd)/$name
    if ! get_packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross make; then
        echo "no $name for arm64: no cross compiler"
        return 0
    fi
    rm -rf "$state" "$sources"
    mkdir -p "$state/ffi" "$state/tree"
    open_suite "$state" bookworm && (cd "$state" && private_apt "$state" apt-get -q download libffi-dev libffi8) > "$state/download.log" 2>&1 || return 0
    for tree in "$state"/*.deb; do dpkg-deb --fsys-tarfile "$tree" | tar -x -C "$state/ffi"; done
    open_sources "$sources" trixie && (cd "$sources" && private_apt "$sources" apt-get -q --download-only source python3.13) < /dev/null > "$sources/source.log" 2>&1 || {
        echo "no $name for arm64: no source package"
        return 0
    }
    tree=$state/tree
    tar -x -f "$(find "$sources" -maxdepth 1 -name "python3.13_*.orig.tar.*" ! -name '*.asc' -print -quit)" -C "$tree" --strip-components=1
    (
        cd "$tree" &&
        ./configure -q --host=aarch64-linux-gnu --build=x86_64-linux-gnu --with-build-python="$build" --prefix="$prefix" --disable-gil --disable-test-modules --without-ensurepip \
            CFLAGS='-O1 -g' PKG_CONFIG=false LIBFFI_CFLAGS="-I$state/ffi/usr/include/aarch64-linux-gnu" LIBFFI_LIBS="-L$state/ffi/usr/lib/aarch64-linux-gnu -lffi" \
            ac_cv_file__dev_ptmx=yes ac_cv_file__dev_ptc=no ac_cv_buggy_getaddrinfo=no ac_cv_header_zlib_h=no ac_cv_header_openssl_ssl_h=no ac_cv_header_bzlib_h=no ac_cv_header_lzma_h=no &&
        make -s -j"$(nproc)" &&
        make -s DESTDIR="$root" altbininstall libinstall sharedinstall
    ) < /dev/null > "$state/build.log" 2>&1 || {
        echo "no $name for arm64: it cannot be built: $(tail -n 1 "$state/build.log")"
        rm -rf "$root$prefix"
        return 0
    }
    find "$root$prefix" -depth \( -name test -o -name __pycache__ -o -name idlelib -o -name 'config-*' \) -exec rm -rf {} +
    printf '%s\t%s\ttrixie\t-\t%s\t-\t-\n' "$name" "$("$build" -c 'import platform; print(platform.python_version())')" "${prefix#/cache/pythons/}/bin/$name" >> "$root/cache/pythons/pythons.tsv"
    rm -rf "$state" "$sources"
}
