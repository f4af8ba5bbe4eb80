"""Fetch the scripts that draw the training report's charts, with their licences, out of npm's packages.

    python3 scripts/vega.py            take them over
    python3 scripts/vega.py --check    only compare, and fail where something differs

``vega/package-lock.json`` says which versions, with a sha512 of each package that npm holds them to. It names
no registry; npm's configuration does. For other versions change ``vega/package.json``, run
``npm install --package-lock-only --omit-lockfile-registry-resolved`` in that folder, and then this.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).parent / "vega"
TARGET: Final = Path(__file__).parent.parent / "praxi_tasks/learning/run/report/vega"
SCRIPTS: Final = ("vega", "vega-lite", "vega-embed")
# What the scripts are bundled from; the rest of what is installed serves their command lines and their types.
BUNDLED: Final = (
    "vega*",
    "d3-*",
    "delaunator",
    "fast-json-patch",
    "internmap",
    "json-stringify-pretty-compact",
    "robust-predicates",
    "semver",
    "topojson-client",
    "tslib",
)


def fetch(folder: Path) -> Path:
    """Install the locked packages, of which no script is run; return the folder that holds them."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, folder)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run(["npm", "ci", *quiet], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "node_modules"


def taken(packages: Path) -> dict[str, bytes]:
    """Return the files that the report needs: name → content."""
    files = {
        f"{name}.min.js": (packages / name / "build" / f"{name}.min.js").read_bytes() for name in SCRIPTS
    }
    return files | {"LICENSES.txt": licences(packages).encode()}


def licences(packages: Path) -> str:
    """Return every bundled package's licence, each wording once below the names of those that have it."""
    holders: dict[str, list[str]] = defaultdict(list)
    for package in sorted({path for pattern in BUNDLED for path in packages.glob(pattern)}):
        file = next(path for path in sorted(package.iterdir()) if path.name.lower().startswith("licen"))
        text = "\n".join(line.rstrip() for line in file.read_text().strip().splitlines())
        holders[text].append(package.name)
    return "\n".join(f"{', '.join(names)}\n\n{text}\n\n" for text, names in holders.items())


def main(arguments: list[str]) -> int:
    """Compare or take over; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="praxi-vega-") as folder:
        files = taken(fetch(Path(folder)))
    if arguments != ["--check"]:
        TARGET.mkdir(exist_ok=True)
        for name, data in files.items():
            (TARGET / name).write_bytes(data)
        return 0
    found = {path.name: path.read_bytes() for path in TARGET.iterdir()}
    different = sorted(name for name in files.keys() | found.keys() if files.get(name) != found.get(name))
    for name in different:
        sys.stderr.write(f"{TARGET / name} is not what npm holds: run python3 scripts/vega.py\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
