#!/usr/bin/env bash
# Posts a file as the one comment of Assay on a pull request, in place of the one before: comment.sh NUMBER FILE
# Needs GitHub's `gh`, GH_TOKEN and GITHUB_REPOSITORY.
set -euo pipefail
number="$1" file="$2"
comments="repos/$GITHUB_REPOSITORY/issues/$number/comments"

if [ -L "$file" ] || [ ! -f "$file" ]; then
  echo 'The comment is not a file of its own, and is not posted.' >&2
  exit 3
fi

# Anybody can begin a comment as ours do: only one that this token wrote is ours. REST does not know a token's own name.
me="$(gh api graphql --field 'query={ viewer { login } }' --jq .data.viewer.login)"
export me
earlier="$(gh api "$comments" --paginate \
  --jq '.[] | select(.user.login == env.me and (.body // "" | startswith("<!-- assay -->"))) | .id')"
if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/${earlier%%$'\n'*}" --field "body=@$file"
else
  gh api --silent --method POST "$comments" --field "body=@$file"
fi
