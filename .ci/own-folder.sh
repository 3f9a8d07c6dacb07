#!/usr/bin/env bash
# Makes the folder that the reports go into: own-folder.sh FOLDER
# It has to be in the checkout, behind no link, and new: what is in it later was written by this run. So no file that a
# pull request brings along is posted or uploaded, and none outside of the checkout is written.
set -euo pipefail
folder="${1%/}"

refuse() {
  printf 'The folder of the reports %s; name another with the input "out".\n' "$1" >&2
  exit 3
}

[[ "$folder" =~ ^[A-Za-z0-9._][A-Za-z0-9._/-]*$ ]] || refuse 'has to be a path of letters, digits and ._-/ from the checkout'
path=.
IFS=/ read -ra names <<<"$folder"
for name in "${names[@]}"; do
  case "${name,,}" in '' | . | .. | .git) refuse 'has to be a new one in the checkout' ;; esac
  path="$path/$name"
  [ ! -L "$path" ] || refuse 'is behind a link'
  [ ! -e "$path" ] || [ -d "$path" ] || refuse 'is a file'
done
mkdir -p "$path"
[ -z "$(ls -A "$path")" ] || refuse 'has files in it already'
