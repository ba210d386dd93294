#!/usr/bin/env bash
# Gets what the tests of pages, formats and the terminal want, where a machine lacks it: Debian's chromium, pprof and tmux by apt-get (as root only), speedscope by npm into the project's cache.
#
#   tests/browser.sh      get what is missing, then say what there is
#
# What cannot be had is said and is no failure: the tests that want it are skipped, and say why.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${PYSTACK_CACHE:-$here/../.cache}
mkdir -p "$cache/npm"
cache=$(cd "$cache/npm" && pwd)
log=$cache/last.log
speedscope=1.25.0

say() { printf '%-8s %-12s %s\n' "$1" "$2" "$3"; }

# bounded COMMAND...: its output goes to the log. A network that does not answer must not hold the gate.
bounded() {
    timeout 180 "$@" > "$log" 2>&1 9>&- || { (($? != 124)) || echo "no answer within 180 s" >> "$log"; return 1; }
}

has_pprof() { command -v go > /dev/null || [[ -n $(compgen -G '/usr/lib/go*/pkg/tool/*/pprof') ]]; }

install() {
    ((EUID == 0)) || { echo "only root can install it: apt-get install chromium golang-go tmux" > "$log"; return 1; }
    bounded env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" \
        || { bounded apt-get update && bounded env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; }
}

get_speedscope() {
    local work
    work=$(mktemp -d "$cache/speedscope.XXXXXX")
    if command -v npm > /dev/null && (cd "$work" && bounded npm pack --silent "speedscope@$speedscope") && tar -xzf "$work"/speedscope-*.tgz -C "$work"; then
        rm -rf "$cache/speedscope"
        mv "$work/package" "$cache/speedscope"
    fi
    rm -rf "$work"
    [[ -f $cache/speedscope/dist/release/index.html ]]
}

exec 9> "$cache/lock"
flock -w 600 9 || { say absent chromium "another run holds $cache/lock"; exit 0; }
wanted=()
command -v chromium > /dev/null || wanted+=(chromium)
has_pprof || wanted+=(golang-go)
command -v tmux > /dev/null || wanted+=(tmux)
if ((${#wanted[@]} == 0)) || install "${wanted[@]}"; then
    say present chromium "$(chromium --version --no-sandbox 2> /dev/null | head -n 1)"
    say present pprof "golang-go"
    say present tmux "$(tmux -V)"
else
    say absent "${wanted[*]}" "$(tail -n 1 "$log")"
fi
if grep -qs "\"version\": \"$speedscope\"" "$cache/speedscope/package.json" || get_speedscope; then
    say present speedscope "$speedscope, in the cache"
else
    say absent speedscope "npm: $(tail -n 1 "$log" 2> /dev/null)"
fi
