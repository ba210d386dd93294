#!/usr/bin/env bash
# Makes d3-flame-graph.min.js anew: d3-flame-graph and the parts of d3 that it uses, as one script with their licences in front. The result is committed, so a build needs no
# npm and no network. Versions and hashes are in package-lock.json, and the same versions give the same bytes.
#
#   make.sh [FILE]     default: d3-flame-graph.min.js beside this script
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$(realpath "${1:-$here/d3-flame-graph.min.js}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$here/package-lock.json" "$here/entry.js" "$work"
cd "$work"
npm ci --no-audit --no-fund --ignore-scripts > npm.log 2>&1 || { cat npm.log >&2; exit 1; }
node_modules/.bin/esbuild entry.js --bundle --minify --charset=ascii --legal-comments=none --format=iife --global-name=FlameGraph --loader:.css=empty --target=es2020 --outfile=bundle.js --log-level=warning
{
  echo '/*'
  echo 'd3-flame-graph, copyright Martin Spier and contributors, Apache License 2.0; unchanged, bundled and minified.'
  echo
  echo 'd3-array, d3-color, d3-dispatch, d3-ease, d3-format, d3-hierarchy, d3-interpolate, d3-scale, d3-selection, d3-time, d3-time-format, d3-timer, d3-transition, internmap:'
  cat node_modules/d3-selection/LICENSE
  echo '*/'
  cat bundle.js
} > "$target"
