"""Images of the most popular Python packages, by the pack of all of them: names and versions, Syft beside.

    praxi packs build pypi --store STORE --list NAMES --popular 5000 --versions 5 --base BASE --out MODEL
    python -m benchmarks.discovery_popular --model MODEL --names NAMES [--images 30] [--seed 1]

``NAMES`` has a name a line, the most popular first; the pack has the first ``--popular``. Images are virtual
environments that uv resolves and installs from the index pip is configured for: some of those packages,
pinned to an older release or not, and of one in ten roots a less popular one, which the pack does not know.
What a root requires comes along in whichever version fits, so untaught versions and packages are what they
would be at a site. Nothing of the images was seen in training; their metadata is deleted.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import science_images as images
from benchmarks.discovery_data import ROOT
from benchmarks.discovery_science import Built, compare, syft_table, variants
from benchmarks.report import write_results
from praxi_tasks.discovery import Model
from praxi_tasks.learning.sources.pypi.pip import pip_index

_UV: Final = str(ROOT / ".venv/bin/uv")
_PYTHON: Final = "3.11"
_UNPOPULAR: Final = 0.1
_PINNED: Final = 0.5
_HUGE: Final = ("nvidia-", "torch", "triton", "tensorflow", "jaxlib", "pyspark", "cuda-", "xgboost", "cupy")
"""Packages whose wheels have hundreds of megabytes: images are made without them."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure names and versions in images of popular packages.")
    parser.add_argument("--model", required=True, help="a model that has the pack")
    parser.add_argument("--names", type=Path, required=True, help="packages, the most popular first")
    parser.add_argument("--popular", type=int, default=5000, help="how many of them the pack has")
    parser.add_argument("--images", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--syft", type=int, default=6, help="how many images Syft is asked about")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    names = options.names.read_text().split()
    model = Model.load(options.model)
    with tempfile.TemporaryDirectory(prefix="praxi-popular-") as scratch:
        built = list(build(Draw(names, options.popular, model, rng), options.images, Path(scratch)))
        there = {owner for each in built for file in each.files.values() for owner in file.owners}
        known = {(name, version) for name, version in there if model.knows("pypi", name, version)}
        table, error = compare(model, variants(built, known, rng))
        beside = syft_table(built[: options.syft], model)
    unknown = {name for name, _ in there if not model.knows_package("pypi", name)}
    note = (
        f"{options.images} virtual environments of {len({name for name, _ in there})} packages in "
        f"{len(there)} releases: of these {len(known)} are taught, and {len(unknown)} packages are known in "
        f"no version. The model knows {len(model.catalogue.packages)} packages, "
        f"{model.packages_by_ecosystem.get('pypi', 0)} of them Python's. What is named and not there is "
        "wrong. Version exact: of the taught releases that are there, the share of which this version "
        "alone is stated; wrong: of all stated versions, those that are not there. ECE over all layers: "
        f"{error:.4f}."
    )
    write_results(
        "discovery_popular", "Images of popular Python packages, metadata deleted", table, beside, note
    )


class Draw:
    """Draws what an image is asked to have: names, some of them pinned to a release that the model knows."""

    def __init__(self, names: Sequence[str], popular: int, model: Model, rng: random.Random) -> None:
        small = [[name for name in some if not _huge(name)] for some in (names[:popular], names[popular:])]
        self._popular, self._others = small
        self._model, self._rng = model, rng

    def roots(self) -> list[str]:
        """Return the requirements of one image."""
        return [self._root() for _ in range(self._rng.randint(4, 12))]

    def _root(self) -> str:
        if self._others and self._rng.random() < _UNPOPULAR:
            return self._rng.choice(self._others)
        name = self._rng.choice(self._popular)
        versions = self._versions(name)
        if versions and self._rng.random() < _PINNED:
            return f"{name}=={self._rng.choice(versions)}"
        return name

    def _versions(self, name: str) -> list[str]:
        found = ((part, part.number_of(f"pypi/{name}")) for part in self._model.parts)
        return [
            version for part, package in found if package is not None for version in part.versions_of(package)
        ]


def build(draw: Draw, count: int, folder: Path) -> Iterator[Built]:
    """Install environments; requirements that contradict each other are drawn again."""
    reader = images.Reader()
    number = 0
    while number < count:
        releases = resolve(draw.roots())
        if releases and (place := install(releases, folder / f"image-{number}", folder / "uv")):
            number += 1
            yield Built(place, reader.files(place))


def resolve(requirements: Sequence[str]) -> list[str]:
    """Return the releases that meet some requirements, without huge ones; nothing if none do."""
    words = [_UV, "pip", "compile", "-q", "--only-binary", ":all:", "--python-version", _PYTHON]
    words += ["--no-header", "--no-annotate", "--index-url", pip_index(), "-"]
    done = subprocess.run(
        words, input="\n".join(requirements), check=False, capture_output=True, text=True, timeout=300
    )
    releases = [line.strip() for line in done.stdout.splitlines() if "==" in line]
    return [each for each in releases if not _huge(each)] if done.returncode == 0 else []


def install(releases: Sequence[str], folder: Path, cache: Path) -> Path | None:
    """Install releases as they are into a new virtual environment; nothing if the index has one no more."""
    environment = os.environ | {"UV_CACHE_DIR": str(cache)}
    made = [_UV, "venv", "-q", "--python", _PYTHON, str(folder)]
    words = [_UV, "pip", "install", "-q", "--no-deps", "--only-binary", ":all:", "--link-mode", "hardlink"]
    words += ["--index-url", pip_index(), "--python", str(folder / "bin/python"), *releases]
    subprocess.run(made, check=True, env=environment, capture_output=True)
    done = subprocess.run(words, check=False, env=environment, capture_output=True)
    return folder if done.returncode == 0 else None


def _huge(requirement: str) -> bool:
    return requirement.startswith(_HUGE)


if __name__ == "__main__":
    main()
