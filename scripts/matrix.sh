#!/usr/bin/env bash
# Install the wheels into clean environments of several Airflows and Pythons, and check there what they give: imports,
# Dags, plugin, provider, and an audit by dag.test(). One environment holds Airflow, another the tasks' libraries.
#
# AIRFLOW      the minor versions of Airflow, "3.2 3.3" when not given
# PYTHON       the Pythons, "3.11 3.12 3.13" when not given
# RESOLUTION   uv's: highest, or lowest-direct for the oldest providers that the requirements allow
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/package_access.sh
uv=.venv/bin/uv
here=$PWD
adopt_pip_settings
root=$here/.praxi/matrix

# The interpreter of a Python version: one that is here (uv looks on the path; pyenv keeps its own elsewhere), or one
# that uv can fetch.
find_python() {
    "$uv" python find --quiet --no-python-downloads "$1" 2>/dev/null && return
    local candidate
    for candidate in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1"*/bin/python; do
        if [ -x "$candidate" ]; then echo "$candidate"; return; fi
    done
    "$uv" python install --quiet "$1" 2>/dev/null && "$uv" python find --quiet "$1"
}

# install ENVIRONMENT PYTHON REQUIREMENT...
install() {
    local environment=$1 python=$2; shift 2
    "$uv" venv --quiet --clear --python "$python" "$environment"
    "$uv" pip install --quiet --resolution "${RESOLUTION:-highest}" --python "$environment/bin/python" \
        --reinstall-package praxi --reinstall-package praxi-airflow "$@"
}

# What an Airflow needs beside its own requirements, which have no upper bounds; its constraints files say the same.
bounds() {
    case $1 in
        3.2) echo 'cadwyn<7 fastapi<0.137 starlette<1 svcs<26' ;;
    esac
}

# cell AIRFLOW PYTHON INTERPRETER
cell() {
    local folder=$root/airflow-$1-python-$2
    rm -rf "$folder"
    install "$folder/tasks" "$3" "praxi[tasks] @ file://$wheel_tasks"
    install "$folder/airflow" "$3" "apache-airflow==$1.*" $(bounds "$1") \
        "praxi @ file://$wheel_tasks" "$wheel_airflow"
    local run=(env -u PYTHONPATH -C "$root"
        "AIRFLOW_HOME=$folder/home"
        AIRFLOW__CORE__LOAD_EXAMPLES=False
        AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT=180
        'AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST=[{"name": "praxi", "classpath": "praxi_airflow.bundle.PraxiDagBundle", "kwargs": {}}]'
        "AIRFLOW__PRAXI__READABLE_ROOTS=file://$root/world"
        "AIRFLOW__PRAXI__TASK_PYTHON=$folder/tasks/bin/python"
        "AIRFLOW__PRAXI__MODEL=file://$folder/model")
    "${run[@]}" "$folder/tasks/bin/praxi" train --releases "$root/world/releases.jsonl" \
        --out "file://$folder/model" >"$folder/log" 2>&1 &&
        "${run[@]}" "$folder/airflow/bin/python" "$here/tests/matrix/cell.py" \
            "$root/world/layout" >>"$folder/log" 2>&1
}

scripts/dist.sh "$root/dist" >/dev/null
wheel_tasks=$(echo "$root"/dist/praxi-*.whl)
wheel_airflow=$(echo "$root"/dist/praxi_airflow-*.whl)
rm -rf "$root/world"
PYTHONPATH=.:plugins .venv/bin/python -m tests.matrix.prepare "$root/world"

failed=() missing=()
for python in ${PYTHON:-3.11 3.12 3.13}; do
    if ! interpreter=$(find_python "$python"); then
        missing+=("$python")
        continue
    fi
    for airflow in ${AIRFLOW:-3.2 3.3}; do
        if cell "$airflow" "$python" "$interpreter"; then
            tail -1 "$root/airflow-$airflow-python-$python/log"
        else
            failed+=("$airflow/$python")
            echo "matrix: Airflow $airflow on Python $python failed:" >&2
            tail -30 "$root/airflow-$airflow-python-$python/log" >&2 || true
        fi
    done
done
[ "${#missing[@]}" -eq 0 ] || echo "matrix: there is no Python ${missing[*]} here, and uv could fetch none" >&2
[ "${#failed[@]}" -eq 0 ] && [ "${#missing[@]}" -eq 0 ]
