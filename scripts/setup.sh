#!/usr/bin/env bash
# Build the two environments from their locks; does nothing where they are current.
# `setup.sh mlflow` builds the one of the tests' MLflow server instead, `setup.sh docs` the one of the documentation,
# `setup.sh fuzz` what the task image holds with atheris beside it, `setup.sh serve` what the service's image holds.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/package_access.sh
uv=

# The newest Python of this machine that can run uv's installer; any will do.
find_python() {
    local python
    for python in python3 python3.13 python3.12 python3.11 python3.10; do
        if command -v "$python" >/dev/null; then command -v "$python"; return; fi
    done
}

# On a fresh Debian or Ubuntu, Python comes without venv and pip, or not at all.
install_python() {
    local root=()
    command -v apt-get >/dev/null || return 1
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || return 1
        root=(sudo)
    fi
    echo "setup: installing python3-venv" >&2
    "${root[@]}" apt-get -qq -o DPkg::Lock::Timeout=300 update >&2
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        install --yes --no-install-recommends python3 python3-venv ca-certificates >/dev/null
}

find_uv() {
    local python
    if command -v uv >/dev/null; then command -v uv; return; fi
    if [ ! -x .venv-uv/bin/uv ]; then
        python=$(find_python)
        if [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            install_python || {
                echo "setup: uv is missing, and so is a Python with venv to install it with:" >&2
                echo "setup: install uv, or python3-venv (as root: apt-get install python3-venv)" >&2
                return 1
            }
            python=python3
            # Debian's own Python has what was just installed; another one first on the path may not.
            [ -x /usr/bin/python3 ] && python=/usr/bin/python3
        fi
        echo "setup: installing uv into .venv-uv" >&2
        rm -rf .venv-uv
        "$python" -m venv .venv-uv >&2 &&
            run_pip setup .venv-uv/bin/pip -- install --quiet --disable-pip-version-check uv >&2 || {
                rm -rf .venv-uv
                return 1
            }
    fi
    echo .venv-uv/bin/uv
}

# Finds uv and how indexes are reached, once, and only where something is to be built.
prepare() {
    [ -z "$uv" ] || return 0
    uv=$(find_uv) || exit 1
    adopt_pip_settings
}

# The locks hold for later Pythons too, where 3.11 is neither here nor to be had.
create() {
    "$uv" venv --quiet --python 3.11 "$1" 2>/dev/null || explained setup "$uv" venv --quiet --python '>=3.11,<3.14' "$1"
}

# build ENVIRONMENT LOCK...: installs the locks, and remembers their checksum.
build() {
    local environment=$1; shift
    local wanted stamp=$environment/.praxi-locks
    wanted=$(cat "$@" | sha256sum)
    [ -x "$environment/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
    prepare
    echo "setup: building $environment from $*"
    [ -x "$environment/bin/python" ] || create "$environment"
    local locks=()
    for lock in "$@"; do locks+=(-r "$lock"); done
    explained setup "$uv" pip install --quiet --exact --require-hashes --compile-bytecode \
        --python "$environment/bin/python" "${locks[@]}"
    echo "$wanted" >"$stamp"
}

case ${1:-} in
    mlflow | docs) build ".venv-$1" "requirements-$1.txt" ;;
    fuzz) build .venv-fuzz images/task/requirements.txt requirements-fuzz.txt ;;
    serve) build .venv-serve images/task/requirements.txt images/serve/requirements.txt ;;
    '')
        build .venv requirements.txt requirements-dev.txt
        build .venv-tasks images/task/requirements.txt
        ;;
    *) echo "usage: $0 [mlflow|docs|fuzz|serve]" >&2; exit 2 ;;
esac
