#!/usr/bin/env bash
# Fail if a lock does not answer its *.in file any more: resolving again, with the lock's own pins as preference,
# must change nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/package_access.sh
adopt_pip_connection
export PRAXI_PIP_ADOPTED=1  # seven resolutions need not ask pip six times
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
cp --parents requirements*.in requirements*.txt images/*/requirements.in images/*/requirements.txt "$fresh"
PATH="$PWD/.venv/bin:$PATH" make --silent -C "$fresh" -f "$PWD/Makefile" lock
status=0
for lock in requirements*.txt images/*/requirements.txt; do
    diff -u "$lock" "$fresh/$lock" || { echo "$lock is not current: run make lock" >&2; status=1; }
done
exit $status
