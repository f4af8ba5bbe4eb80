#!/usr/bin/env bash
# Build the two environments from their locks; does nothing where they are current.
set -euo pipefail
cd "$(dirname "$0")/.."

find_uv() {
    if command -v uv >/dev/null; then command -v uv; return; fi
    if [ ! -x .venv-uv/bin/uv ]; then
        echo "setup: installing uv into .venv-uv" >&2
        python3 -m venv .venv-uv >&2
        .venv-uv/bin/pip install --quiet --disable-pip-version-check uv >&2
    fi
    echo .venv-uv/bin/uv
}

# build ENVIRONMENT LOCK...: installs the locks, and remembers their checksum.
build() {
    local environment=$1; shift
    local wanted stamp=$environment/.praxi-locks
    wanted=$(cat "$@" | sha256sum)
    [ -x "$environment/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    echo "setup: building $environment from $*"
    [ -x "$environment/bin/python" ] || "$uv" venv --quiet --python 3.11 "$environment"
    local locks=()
    for lock in "$@"; do locks+=(-r "$lock"); done
    "$uv" pip install --quiet --exact --require-hashes --compile-bytecode \
        --python "$environment/bin/python" "${locks[@]}"
    echo "$wanted" >"$stamp"
}

uv=$(find_uv)
build .venv requirements.txt requirements-dev.txt
build .venv-tasks images/task/requirements.txt
