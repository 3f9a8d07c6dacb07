#!/usr/bin/env bash
# What the GitHub Action runs: `assay ci` of this checkout, built when it is not, with the arguments given.
# ASSAY names another command to run in its place.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

# Only what is run is installed, and no package runs a script of its own.
install() { npm ci --omit=dev --ignore-scripts --no-audit --no-fund >&2; }

if [ -z "${ASSAY:-}" ]; then
  if [ ! -e "$here/dist/built" ]; then
    cd "$here"
    install
    (cd .ci/build && install)
    rm -rf dist
    .ci/build/node_modules/.bin/esbuild {harness,simulators,reports}'/**/*.ts' \
      --outdir=dist --outbase=. --format=esm --platform=node --target=node20 --log-level=warning >&2
    npm run --silent build:content >&2
    touch dist/built
    cd - >/dev/null
  fi
  ASSAY="node $here/dist/harness/cli/main.js"
fi

read -ra command <<<"$ASSAY"
exec "${command[@]}" ci "$@"
