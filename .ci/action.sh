#!/usr/bin/env bash
# What the GitHub Action runs: `assay ci` of this checkout, built when it is not, with the arguments given.
# ASSAY names another command to run in its place.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

if [ -z "${ASSAY:-}" ]; then
  if [ ! -e "$here/dist/harness/cli/main.js" ]; then
    (cd "$here" && npm ci --no-audit --no-fund >&2 && npm run --silent build >&2)
  fi
  ASSAY="node $here/dist/harness/cli/main.js"
fi

read -ra command <<<"$ASSAY"
exec "${command[@]}" ci "$@"
