# Sourced by pythons.sh: fetches Debian packages with apt, beside the system's apt state, and unpacks them.
# shellcheck shell=bash

debian_suites=(sid forky trixie) # the first that has a package wins
debian_wanted=(python3.13 python3.14 python3.15)
debian_debug_build=python3.14d
debian_debug_info=(python3.14 python3.15) # 3.13's debug information is pyenv's

# The machine's own apt sources of Debian's main archive, as "URI<TAB>Signed-By" lines, in both formats.
# Only those of the machine's release count: other people's archives have no suite named sid.
machine_sources() {
    local codename
    codename=$(. /etc/os-release 2> /dev/null && printf '%s' "${VERSION_CODENAME:-}")
    cat /etc/apt/sources.list.d/*.sources 2> /dev/null | awk -v code="$codename" '
        function flush(   i, n, s, ok) {
            n = split(suites, s, " ")
            for (i = 1; i <= n; i++) if (s[i] == code || s[i] ~ /^(stable|testing|unstable|sid)$/) ok = 1
            if (ok && enabled && types ~ /(^| )deb( |$)/ && (" " components " ") ~ / main / && uris != "") {
                split(uris, s, " "); print s[1] "\t" key
            }
            types = suites = uris = key = components = field = ""; enabled = 1
        }
        BEGIN { enabled = 1 }
        /^#/ { next }
        /^[ \t]*$/ { flush(); next }
        /^[ \t]/ { if (field == "signed-by") key = key "\\n" $0; next }
        {
            field = tolower($0); sub(/:.*/, "", field); value = $0; sub(/^[^:]*:[ \t]*/, "", value)
            if (field == "types") types = value
            else if (field == "suites") suites = value
            else if (field == "uris") uris = value
            else if (field == "components") components = value
            else if (field == "signed-by") key = value
            else if (field == "enabled") enabled = value !~ /^(no|false|off|0)/
        }
        END { flush() }'
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2> /dev/null | awk -v code="$codename" '
        $1 == "deb" {
            key = ""; i = 2
            if ($2 ~ /^\[/) {
                for (; i <= NF; i++) {
                    word = $i; gsub(/[][]/, "", word)
                    if (word ~ /^signed-by=/) { key = word; sub(/^signed-by=/, "", key); gsub(/,/, " ", key) }
                    if ($i ~ /\]$/) break
                }
                i++
            }
            main = 0
            for (j = i + 2; j <= NF; j++) if ($j == "main") main = 1
            if (main && ($(i + 1) == code || $(i + 1) ~ /^(stable|testing|unstable|sid)$/)) print $i "\t" key
        }'
}

# private_apt STATE COMMAND...: apt with sources, lists, cache and status of its own.
private_apt() {
    local state=$1 command=$2
    shift 2
    "$command" -c "$state/apt.conf" -o Dir::State="$state" -o Dir::State::lists="$state/lists" \
        -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" -o Dir::Etc::sourcelist=/dev/null \
        -o Dir::Etc::sourceparts="$state/sources.d" -o Dir::Etc::preferences=/dev/null \
        -o Dir::Etc::preferencesparts=/dev/null -o Dir::Log="$state" "$@"
}

# open_suite STATE SUITE: reads the package lists of a suite from the first of the machine's mirrors that has it; of
# another architecture than the machine's if $debian_architecture names one.
open_suite() {
    local state=$1 suite=$2 uri key
    mkdir -p "$state"/{lists/partial,cache/archives/partial,sources.d}
    : > "$state/status"
    # Release files of a frozen mirror have expired: their dates are not looked at, their signatures are. The system's
    # hooks must not run: docker images have one that empties the system's own package cache.
    cat > "$state/apt.conf" << 'CONF'
#clear APT::Update;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Install-Recommends "false";
CONF
    [[ -z ${debian_architecture:-} ]] || printf 'APT::Architecture "%s";\nAPT::Architectures { "%s"; };\n' "$debian_architecture" "$debian_architecture" >> "$state/apt.conf"
    echo "the machine has no apt source of Debian's main archive" > "$state/update.log"
    while IFS=$'\t' read -r uri key; do
        printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n' "$uri" "$suite" > "$state/sources.d/debian.sources"
        [[ -z $key ]] || printf "Signed-By: ${key//%/%%}\n" >> "$state/sources.d/debian.sources"
        # apt-get update exits 0 where a mirror cannot be reached; the list is what tells.
        private_apt "$state" apt-get -q update < /dev/null > "$state/update.log" 2>&1 || true
        [[ -z $(find "$state/lists" -name '*_Packages*' -print -quit) ]] || return 0
    done < <(machine_sources)
    return 1
}

has_package() { # no grep -q: it would leave early, and apt-cache's SIGPIPE would be the pipe's result
    private_apt "$1" apt-cache show --no-all-versions "$2" 2> /dev/null | grep '^Package:' > /dev/null
}

why_not() { # the last complaint of a log, without host names and addresses
    grep -E '^(E|W|Err):?|no apt source' "$1" | tail -n 1 | sed -E 's#[a-z+]+://[^ ]*##g; s#\([^)]*\)##g; s/[[:space:]]+/ /g; s/^[EW]: //' | cut -c 1-160 || true
}

# unpack_packages STATE ROOT PACKAGE...: with all they depend on; a root of its own has no system beneath it.
unpack_packages() {
    local state=$1 root=$2 deb
    shift 2
    rm -f "$state"/cache/archives/*.deb
    private_apt "$state" apt-get -q -y --download-only install "$@" < /dev/null > "$state/install.log" 2>&1 || return 1
    mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{dev,proc,tmp}
    for deb in bin sbin lib lib64; do # base-files would bring these links of the merged /usr
        [[ -e $root/$deb ]] || ln -s "usr/$deb" "$root/$deb"
    done
    for deb in "$state"/cache/archives/*.deb; do
        # Documentation and static libraries are half of the size and of no use here.
        dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --keep-directory-symlink --no-same-owner \
            --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='*.a' --exclude='*/libpython3*d.so*' \
            --exclude='./usr/lib/debug' || return 1
        rm -f "$deb"
    done
}

# Where the loader and the libraries of this machine's architecture stand in a Debian root.
root_loader() {
    case $(uname -m) in
        x86_64) echo "lib64/ld-linux-x86-64.so.2 usr/lib/x86_64-linux-gnu" ;;
        aarch64) echo "lib/ld-linux-aarch64.so.1 usr/lib/aarch64-linux-gnu" ;;
        *) return 1 ;;
    esac
}

# add_interpreter NEW SUITE NAME: writes the wrapper, starts it once, and lists it if it starts.
add_interpreter() {
    local new=$1 suite=$2 name=$3 loader libraries version root=roots/$2
    [[ -x $new/$root/usr/bin/$name ]] || { printf '%s\tnot in the package\n' "$name" >> "$new/absent.tsv"; return 0; }
    read -r loader libraries < <(root_loader) || { printf '%s\tno Debian interpreters for %s here\n' "$name" "$(uname -m)" >> "$new/absent.tsv"; return 0; }
    mkdir -p "$new/bin"
    cat > "$new/bin/$name" << WRAPPER
#!/bin/sh
root=\$(cd "\$(dirname "\$0")/../$root" && pwd)
exec "\$root/$loader" --library-path "\$root/$libraries" "\$root/usr/bin/$name" "\$@"
WRAPPER
    chmod +x "$new/bin/$name"
    if version=$("$new/bin/$name" -c 'import platform, ctypes; print(platform.python_version())' 2> "$new/start.log"); then
        printf '%s\t%s\t%s\t%s\t%s\t%s\t-\n' "$name" "$version" "$suite" "$root" "usr/bin/$name" "bin/$name" >> "$new/pythons.tsv"
    else
        printf '%s\tdoes not start: %s\n' "$name" "$(tail -n 1 "$new/start.log" | tr '\t' ' ')" >> "$new/absent.tsv"
    fi
    rm -f "$new/start.log"
}

# add_debug_info NEW STATE NAME: the separate debug file of one stripped interpreter, by its build-id.
add_debug_info() {
    local new=$1 state=$2 name=$3 id file
    grep -q "^$name	" "$new/pythons.tsv" || return 0
    # The ELF note NT_GNU_BUILD_ID (3) of owner "GNU", a 20-byte SHA-1; readelf is not on every machine.
    id=$("$new/bin/$name" -c 'import sys
data = open(sys.argv[1], "rb").read()
at = data.index(b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0") + 16
print(data[at:at + 20].hex())' "$new/$(awk -F '\t' -v n="$name" '$1 == n { print $4 "/" $5 }' "$new/pythons.tsv")") || return 0
    file=debug/.build-id/${id:0:2}/${id:2}.debug
    (cd "$state/cache" && private_apt "$state" apt-get -q download "$name-dbg") > "$state/download.log" 2>&1 || return 0
    mkdir -p "$new/debug"
    dpkg-deb --fsys-tarfile "$state/cache/$name-dbg"_*.deb |
        tar -x -C "$new/debug" --strip-components=4 --no-same-owner "./usr/lib/$file" 2> /dev/null || true
    rm -f "$state/cache/$name-dbg"_*.deb
    [[ -f $new/$file ]] || return 0
    awk -F '\t' -v OFS='\t' -v n="$name" -v f="$file" '$1 == n { $7 = f } { print }' "$new/pythons.tsv" > "$new/tsv"
    mv "$new/tsv" "$new/pythons.tsv"
}

# add_with_debug NEW SUITE: 3.11 with the debug file of its -dbg package beside it, where .gnu_debuglink leads gdb and us. It runs on the machine's own libc.
add_with_debug() {
    local new=$1 suite=$2 name=python3.11 state=$1/state-debug root=$1/with-debug id file version
    if ! open_suite "$state" "$suite" || ! has_package "$state" "$name-dbg"; then
        printf '%s with its -dbg package\tnot in %s\n' "$name" "$suite" >> "$new/absent.tsv"
        return 0
    fi
    mkdir -p "$root"
    (cd "$state/cache" && private_apt "$state" apt-get -q download "$name-minimal" "lib$name-minimal" "lib$name-stdlib" "$name-dbg") > "$state/download.log" 2>&1 || return 0
    for file in "$state"/cache/{"$name"-minimal,lib"$name"-minimal,lib"$name"-stdlib}_*.deb; do
        dpkg-deb --fsys-tarfile "$file" | tar -x -C "$root" --no-same-owner --exclude='./usr/share' || return 0
    done
    version=$("$root/usr/bin/$name" -c 'import platform, ctypes; print(platform.python_version())' 2> /dev/null) || {
        printf '%s with its -dbg package\tdoes not start on this machine\n' "$name" >> "$new/absent.tsv"
        return 0
    }
    id=$("$root/usr/bin/$name" -c 'import sys
data = open(sys.argv[1], "rb").read()
at = data.index(b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0") + 16
print(data[at:at + 20].hex())' "$root/usr/bin/$name") || return 0
    mkdir -p "$root/usr/bin/.debug"
    dpkg-deb --fsys-tarfile "$state/cache/$name-dbg"_*.deb |
        tar -x -C "$root/usr/bin/.debug" --strip-components=6 --no-same-owner "./usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" 2> /dev/null || return 0
    printf '%s\t%s\t%s\t-\t%s\t-\t%s\n' "$name-dbg" "$version" "$suite" "with-debug/usr/bin/$name" "with-debug/usr/bin/.debug/${id:2}.debug" >> "$new/pythons.tsv"
}

# unpack_all NEW WITH_DEBUG: everything that pythons.tsv and absent.tsv tell of.
unpack_all() {
    local new=$1 with_debug=$2 suite name state reason="in none of ${debian_suites[*]}" own
    local missing=("${debian_wanted[@]}") here=() rest=() suites=("${debian_suites[@]}")
    : > "$new/pythons.tsv"
    : > "$new/absent.tsv"
    if [[ ! -x /usr/bin/python3.11 ]]; then # the stripped 3.11 that most Debian machines of its time run
        missing+=(python3.11)
        own=$(. /etc/os-release 2> /dev/null && printf '%s' "${VERSION_CODENAME:-}")
        [[ -z $own || " ${suites[*]} " == *" $own "* ]] || suites+=("$own")
    fi
    if ! command -v apt-get > /dev/null || ! command -v dpkg-deb > /dev/null; then
        for name in "${missing[@]}"; do printf '%s\tthis machine has no apt\n' "$name"; done > "$new/absent.tsv"
        return 0
    fi
    for suite in "${suites[@]}"; do
        ((${#missing[@]})) || break
        state=$new/state-$suite
        if ! open_suite "$state" "$suite"; then
            reason="suite $suite cannot be read: $(why_not "$state/update.log")"
            continue
        fi
        here=() rest=()
        for name in "${missing[@]}"; do
            if has_package "$state" "$name"; then here+=("$name"); else rest+=("$name"); fi
        done
        ((${#here[@]})) || continue
        local packages=("${here[@]}") debug_build=""
        if ((with_debug)) && [[ " ${here[*]} " == *" ${debian_debug_build%d} "* ]] && has_package "$state" "${debian_debug_build%d}-dbg"; then
            debug_build=$debian_debug_build
            packages+=("${debug_build%d}-dbg")
        fi
        if ! unpack_packages "$state" "$new/roots/$suite" "${packages[@]}"; then
            reason="packages of $suite: $(why_not "$state/install.log")"
            rm -rf "$new/roots/$suite"
            continue
        fi
        for name in "${here[@]}" $debug_build; do add_interpreter "$new" "$suite" "$name"; done
        if ((with_debug)); then
            for name in "${debian_debug_info[@]}"; do
                [[ " ${here[*]} " != *" $name "* ]] || add_debug_info "$new" "$state" "$name"
            done
        fi
        missing=("${rest[@]}")
    done
    for name in "${missing[@]}"; do printf '%s\t%s\n' "$name" "$reason"; done >> "$new/absent.tsv"
    if ((with_debug)); then
        add_with_debug "$new" bookworm
    fi
    rm -rf "$new"/state-*
}
