"""Real images built by apt and pip, with databases and without: what is named, with Syft's row beside it.

The images are the demonstration's (``demo/images.py``), squashed into a layer each. The model knows Debian's
archive and the wheels that pip installed. Only root may build the images.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from packaging.utils import canonicalize_name

from benchmarks.discovery_data import ROOT, contents_files
from benchmarks.flat_images import FlatImage, flatten
from benchmarks.layer_metrics import Counts
from benchmarks.report import Table, write_results
from praxi_tasks.learning.training import learn_files
from tests.support.real_images import cache_folder, images_in_registry

IMAGES = ("web", "web-old", "worker", "migrate", "collector", "cache")
BIN = Path(sys.executable).parent
Namer = Callable[[Path, frozenset[str]], set[str]]


def main() -> None:
    if os.geteuid():
        raise SystemExit("only root may build images")
    cache = cache_folder() / "images"
    with tempfile.TemporaryDirectory(prefix="praxi-bench-") as scratch:
        folder = Path(scratch)
        with images_in_registry(cache) as published:
            images = [flatten(name, published[name].reference, folder) for name in IMAGES]
        wheels = sorted((cache / "build" / "wheels").glob("*.whl"))
        learn_files([*contents_files(), *wheels]).model.save(str(folder / "model"))
        _write(images, partial(praxi, folder))


def _write(images: Sequence[FlatImage], ours: Namer) -> None:
    table = Table("who, on what", "precision", "recall", "F1", "bar", "wall s / image")
    for title, namer, bare, bar in (
        ("Praxi, databases intact", ours, False, "-"),
        ("Praxi, databases deleted", ours, True, "0.98"),
        ("Syft, databases intact", syft, False, "-"),
        ("Syft, databases deleted", syft, True, "-"),
    ):
        start = time.monotonic()
        score = _score(images, namer, bare=bare)
        seconds = (time.monotonic() - start) / len(images)
        table.add(
            title, f"{score.precision:.4f}", f"{score.recall:.4f}", f"{score.f1:.4f}", bar, f"{seconds:.1f}"
        )
    deb, pypi = sum(len(image.deb) for image in images), sum(len(image.pypi) for image in images)
    note = (
        f"{len(images)} images with {deb} Debian and {pypi} Python packages that left a file besides their "
        "metadata. A program that either recognises counts as the package of that name, and not as wrong "
        "where there is none. Copies inside other packages, Python packages that a Debian package brought "
        "and Debian's of which no file is left count for nobody. Praxi's seconds include starting Python and "
        "loading the model."
    )
    write_results("discovery_images", "Real images: packages named, by Praxi and by Syft", table, note)


def _score(images: Sequence[FlatImage], namer: Namer, *, bare: bool) -> Counts:
    score = Counts()
    for image in images:
        named = namer(image.bare if bare else image.whole, image.truth)
        named = {name for name in named if name.removeprefix("pypi/") not in image.owned}
        named -= {f"deb/{name}" for name in image.gone}
        score.add(named, set(image.truth))
        for sign, names in (("+", named - image.truth), ("-", image.truth - named)):
            print(image.name, sign, len(names), *sorted(names)[:12], file=sys.stderr)
    return score


def praxi(folder: Path, layout: Path, truth: frozenset[str]) -> set[str]:
    """Audit an image in a process of its own, as a user would."""
    words = [str(BIN / "python"), "-m", "praxi_tasks", "audit", f"oci:{layout}:it", "--format", "json"]
    options = ["--model", str(folder / "model"), "--store", str(folder / "store")]
    (answer,) = json.loads(
        subprocess.run([*words, *options], capture_output=True, check=True, cwd=ROOT).stdout
    )
    named = set()
    for component in answer["components"]:
        # A copy inside another package, a declared one and an import alone are no installed packages.
        if not component.get("removed_by") and component.get("relation", "") in ("", "editable"):
            named |= _named(component["ecosystem"], component["name"], truth)
    return named


def syft(layout: Path, truth: frozenset[str]) -> set[str]:
    """Ask Syft about the image."""
    words = [str(BIN / "syft"), "scan", f"oci-dir:{layout}", "-o", "json", "-q"]
    environment = os.environ | {"SYFT_CHECK_FOR_APP_UPDATE": "false"}
    answer = json.loads(subprocess.run(words, capture_output=True, check=True, env=environment).stdout)
    named = set()
    for artifact in answer["artifacts"]:
        ecosystem = {"deb": "deb", "python": "pypi"}.get(artifact["type"], "")
        named |= _named(ecosystem, artifact["name"], truth)
    return named


def _named(ecosystem: str, name: str, truth: frozenset[str]) -> set[str]:
    """Return what counts as named; of other ecosystems than the truth's, the packages of that name."""
    if ecosystem not in {"deb", "pypi"}:
        return {f"deb/{name}", f"pypi/{name}"} & truth
    return {f"{ecosystem}/{canonicalize_name(name) if ecosystem == 'pypi' else name}"}


if __name__ == "__main__":
    main()
