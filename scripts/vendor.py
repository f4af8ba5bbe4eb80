"""Fetch the scripts of others that reports, pages and tests carry out of npm's packages, with licences.

    python3 scripts/vendor.py            take them over
    python3 scripts/vendor.py --check    only compare, and fail where something differs

``vendor/package-lock.json`` says which versions, with a sha512 of each package that npm holds them to. It
names no registry; npm's configuration does. For other versions change ``vendor/package.json``, run
``npm install --package-lock-only --omit-lockfile-registry-resolved`` in that folder, and then this.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

LOCK: Final = Path(__file__).parent / "vendor"
ROOT: Final = Path(__file__).parent.parent


@dataclass(frozen=True)
class Bundle:
    """Files that lie in one folder of the tree, beside their licences.

    Attributes
    ----------
    target
        The folder.
    files
        Their paths within ``node_modules``.
    packages
        What they are bundled from, as globs; the rest of what is installed serves command lines and types.
    """

    target: str
    files: tuple[str, ...]
    packages: tuple[str, ...]


BUNDLES: Final = (
    Bundle(
        "praxi_tasks/learning/run/report/vega",
        tuple(f"{name}/build/{name}.min.js" for name in ("vega", "vega-lite", "vega-embed")),
        (
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
        ),
    ),
    Bundle(
        "plugins/praxi_airflow/web/static/uplot",
        ("uplot/dist/uPlot.iife.min.js", "uplot/dist/uPlot.min.css"),
        ("uplot",),
    ),
    Bundle("tests/support/axe", ("axe-core/axe.min.js",), ("axe-core",)),
)


def fetch(folder: Path) -> Path:
    """Install the locked packages, of which no script is run; return the folder that holds them."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(LOCK / name, folder)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    subprocess.run(["npm", "ci", *quiet], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return folder / "node_modules"


def taken(packages: Path) -> dict[Path, bytes]:
    """Return the files that the tree holds of them: path → content."""
    files = {}
    for bundle in BUNDLES:
        folder = ROOT / bundle.target
        files |= {folder / Path(name).name: (packages / name).read_bytes() for name in bundle.files}
        files[folder / "LICENSES.txt"] = licences(packages, bundle.packages).encode()
    return files


def licences(packages: Path, patterns: tuple[str, ...]) -> str:
    """Return every bundled package's licence, each wording once below the names of those that have it."""
    holders: dict[str, list[str]] = defaultdict(list)
    for package in sorted({path for pattern in patterns for path in packages.glob(pattern)}):
        file = next(path for path in sorted(package.iterdir()) if path.name.lower().startswith("licen"))
        text = "\n".join(line.rstrip() for line in file.read_text().strip().splitlines())
        holders[text].append(package.name)
    return "\n".join(f"{', '.join(names)}\n\n{text}\n\n" for text, names in holders.items())


def main(arguments: list[str]) -> int:
    """Compare or take over; return the exit code."""
    with tempfile.TemporaryDirectory(prefix="praxi-vendor-") as folder:
        files = taken(fetch(Path(folder)))
    if arguments != ["--check"]:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return 0
    found = {path: path.read_bytes() for bundle in BUNDLES for path in (ROOT / bundle.target).iterdir()}
    different = sorted(path for path in files.keys() | found.keys() if files.get(path) != found.get(path))
    for path in different:
        sys.stderr.write(f"{path} is not what npm holds: run python3 scripts/vendor.py\n")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
