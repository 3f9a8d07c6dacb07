#!/usr/bin/env bash
# Posts a file as the one comment of Assay on a pull request, in place of the one before: comment.sh NUMBER FILE
# Needs GitHub's `gh`, GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
number="$1" file="$2"
comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"

earlier="$(gh api "$comments" --paginate --jq '.[] | select(.body | startswith("<!-- assay -->")) | .id')"
if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/${earlier%%$'\n'*}" --field "body=@$file"
else
  gh api --silent --method POST "$comments" --field "body=@$file"
fi
