"""What paths alone name in images of projects of science that few use, each image with one of them.

    python -m benchmarks.path_projects [--kinds KIND ...] [--cache FOLDER]

The projects (`path_projects.txt`) were drawn by chance among those of PyPI whose summary speaks of science
and of which no row of the table of imports tells; those without a wheel were left out. *Looked at* are those
that the rules were mended by, *held out* the others, of which the rules then had one defect to mend: each is
alone in an image. *With requirements* are images of projects held out with all that their wheels require, as
they are run (of five packages at least, none of them PyTorch, for its size); of these, *unlisted*
counts the packages that the table does not know. What is installed is told by the installer (`uv pip list`),
before all records are deleted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from benchmarks.layer_throughput import ROOT
from benchmarks.path_imports import listed
from benchmarks.path_names import (
    SITE,
    Count,
    Package,
    compare,
    error_of,
    install,
    key_of,
    kinds,
    named,
    pack,
    run,
)
from benchmarks.report import Table, write_results

PROJECTS: Final = Path(__file__).with_suffix(".txt")
WHOLE: Final = "with-requirements"


def build(project: str, folder: Path, *, requirements: bool) -> Path:
    """Install a project's newest wheel below a folder; a folder that is there is taken as it is."""
    root = folder / project
    if not root.exists():
        install(root / SITE, ["--only-binary", ":all:", *(() if requirements else ("--no-deps",)), project])
    return root


def installed(root: Path) -> list[Package]:
    """Return what the installer says that it installed."""
    listing = run([ROOT / ".venv/bin/uv", "pip", "list", "--format", "json", "--target", root / SITE])
    return [Package(key_of("pypi", each["name"]), each["version"]) for each in json.loads(listing)]


def measure(root: Path) -> tuple[list[Package], list[Package]]:
    """Return what is in an image, and what paths say of it when its records are gone."""
    with tempfile.TemporaryDirectory() as folder:
        layer = Path(folder, "layer.tar")
        pack(root, layer, records=False)
        return installed(root), named("", layer)


def together(counts: Iterable[Count]) -> Count:
    """Return the sums of what was counted in several images."""
    total = Count(0, lines=[], said=[])
    for count in counts:
        for field in Count.__struct_fields__:
            setattr(total, field, getattr(total, field) + getattr(count, field))
    return total


def of_unlisted(truth: Sequence[Package], said: Sequence[Package], known: frozenset[str]) -> Count:
    """Count what of the packages is named that the table of imports does not know, and every false name."""
    there = [each for each in truth if each.name not in known]
    names, present = {each.name for each in there}, {each.name for each in truth}
    return compare(
        there,
        [
            one
            for one in said
            if (own := {one.name, *one.others}) & names or one.relation or not own & present
        ],
    )


def main() -> None:
    """Install, delete the records, and compare image by image."""
    projects, known = kinds(PROJECTS), listed()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kinds", nargs="+", choices=projects, default=list(projects), metavar="KIND")
    parser.add_argument("--cache", type=Path, default=ROOT / ".praxi" / "benchmarks" / "path_projects")
    options = parser.parse_args()
    table = Table(
        *("kind", "images", "packages", "named", "false names", "version right", "wrong", "none", "imports"),
        "calibration error",
    )
    notes = []
    for kind in options.kinds:
        folder = options.cache.absolute() / kind
        images = [measure(build(project, folder, requirements=kind == WHOLE)) for project in projects[kind]]
        total = together(compare(*image) for image in images)
        table.add(*_cells(kind, len(images), total))
        if kind == WHOLE:
            table.add(*_cells("unlisted", len(images), together(of_unlisted(*one, known) for one in images)))
        notes += [f"- {kind}: named wrongly: {line}" for line in total.lines]
    write_results("path_projects", "What paths alone name of projects that few use", table, "\n".join(notes))


def _cells(kind: str, images: int, count: Count) -> tuple[str, ...]:
    right = count.right + count.tied
    return (
        kind,
        *map(str, (images, count.there)),
        f"{right} ({right / count.there:.1%})",
        f"{count.false} ({count.false / max(right + count.false, 1):.1%})",
        *map(str, (count.versions, count.wrong_versions, right - count.versions - count.wrong_versions)),
        str(count.imports),
        f"{error_of(count.said):.3f}",
    )


if __name__ == "__main__":
    main()
