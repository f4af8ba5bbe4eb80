#!/usr/bin/env bash
# Train the starter model: every package of the Debian archive that this machine's apt knows, and the Python
# releases of the demonstration. Indexes come through apt's own sources, wheels through pip's own settings.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/package_access.sh

models=.praxi/models
wheels=$models/wheels
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)

if ! command -v apt-file >/dev/null; then
    "${as_root[@]}" apt-get install -qq -y --no-install-recommends apt-file >/dev/null
fi
echo "model: fetching who owns which path"
"${as_root[@]}" apt-file update >/dev/null
mapfile -t contents < <(
    apt-get indextargets --format '$(FILENAME)' 'Created-By: Contents-deb' | sort -u |
        while read -r file; do ls "$file"* 2>/dev/null; done | sort -u
)

mkdir -p "$wheels"
for list in demo/containerfiles/requirements/*.txt; do
    echo "model: wheels of $(basename "$list" .txt)"
    run_pip model .venv/bin/python -m pip -- download --quiet --no-deps --only-binary :all: --dest "$wheels" --requirement "$list"
done

# A pack for each: a site replaces one, or shares it, without the other.
suite=$(. /etc/os-release && echo "${ID:-debian}/${VERSION_CODENAME:-stable}")
echo "model: training, packs $suite and pypi/demonstration"
.venv-tasks/bin/python -m praxi_tasks train --releases "${contents[@]}" "$wheels"/*.whl \
    --archive-pack "$suite" --pack pypi/demonstration --out "$models/starter"
