#!/usr/bin/env bash
# Build the starter model from packs: of each suite of Debian every package's paths, and versions and contents of
# tools and those that most others need; and the Python releases of the demonstration. Suites come through the mirror of apt's
# own sources, wheels through pip's own settings. What was fetched is kept: a second run fetches what is new.
#   SUITES="bullseye bookworm trixie"   POPULAR=2500 packages of each with versions and contents
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/package_access.sh

models=.praxi/models
wheels=$models/wheels
store=file://$PWD/$models/packs
popular=${POPULAR:-2500}
read -ra suites <<<"${SUITES:-bullseye bookworm trixie}"
praxi=(.venv-tasks/bin/python -m praxi_tasks)
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

for suite in "${suites[@]}"; do
    echo "model: pack debian/$suite, $popular packages with versions and contents"
    "${praxi[@]}" packs build debian --suite "$suite" --popular "$popular" --versions 2 --store "$store"
done

# The scorer is trained on the suite of this machine, whose pack is replaced by the one that was built if there is one.
own=$(. /etc/os-release && echo "${ID:-debian}/${VERSION_CODENAME:-stable}")
echo "model: training the scorer on $own and pypi/demonstration"
"${praxi[@]}" train --releases "${contents[@]}" "$wheels"/*.whl \
    --archive-pack "$own" --pack pypi/demonstration --out "$models/base"
rm -rf "$models/starter"
"${praxi[@]}" packs use "${suites[@]/#/debian/}" --store "$store" --model "$models/base" --out "$models/starter"
# Each part is in the starter now; releases stay, so that a next run collects what is new.
rm -rf "$models/base" "$models/packs/parts" "$models/packs/packs"
du -sh "$models/starter" | sed 's/\t.*/ of starter model/; s/^/model: /'
