#!/usr/bin/env bash
# Build the wheels `praxi` and `praxi-airflow` into dist/ (or the folder that is named): the same tree gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-dist}")
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# A checkout holds caches, and the two packages' folders where Airflow and developers want them: lay both out anew.
mkdir -p "$stage"/{praxi,praxi-airflow} "$out"
cp -R --parents pyproject.toml README.md LICENSE NOTICE images/task/requirements.in praxi_tasks "$stage/praxi"
cp -R packaging/praxi-airflow/pyproject.toml README.md LICENSE NOTICE plugins/praxi_airflow "$stage/praxi-airflow"
cp -R dags "$stage/praxi-airflow/praxi_airflow/dags"
find "$stage" -name __pycache__ -prune -exec rm -rf {} +
chmod -R u=rwX,go=rX "$stage"

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 315532800)}
export SOURCE_DATE_EPOCH
umask 022
rm -f "$out"/praxi-*.whl "$out"/praxi_airflow-*.whl
for package in praxi praxi-airflow; do
    .venv/bin/python -m pip wheel --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation \
        --wheel-dir "$out" "$stage/$package"
done
ls "$out"/praxi-*.whl "$out"/praxi_airflow-*.whl
