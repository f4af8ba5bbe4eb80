"""Ten trainings on three suites: packs of two more, then releases of Python packages. Is the first forgotten?

    python -m benchmarks.pack_forgetting [--base URI]

The base has the first suite's pack and its scorer. After each training all suites learned so far are audited:
whole root file systems without dpkg's databases and without documents, as in slim images.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks.debian_roots import Suite, layers
from benchmarks.discovery_data import data_folder
from benchmarks.discovery_suites import DAMAGES
from benchmarks.layer_metrics import measure
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.data import read_releases
from praxi_tasks.learning.synthesis import LabelledLayer
from praxi_tasks.learning.training import PackNames, learn_files, learn_releases
from tests.support.stored import InMemoryReleases, as_stored

SUITES: Final = ("bookworm", "bullseye", "trixie")
TRAININGS: Final = 10
ROOTS: Final = 8


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what trainings on packs forget.")
    parser.add_argument("--base", help="a model of the first suite's pack")
    options = parser.parse_args()
    table = Table("training", "of", *(f"F1 {name}" for name in SUITES), "changed part of the base")
    with tempfile.TemporaryDirectory(prefix="praxi-forgetting-") as folder:
        suites = [Suite(name, Path(folder)) for name in SUITES]
        audited = [_layers(suite) for suite in suites]
        first = suites[0]
        base = Model.load(options.base) if options.base else _pack(None, first)
        scores = [_f1(base, audited[0])]
        table.add("-", first.name, f"{scores[0]:.4f}", "-", "-", "-")
        for number, (title, model) in enumerate(_trainings(base, suites[1:]), 1):
            learned = min(1 + number, len(suites))
            now = [_f1(model, audited[place]) for place in range(learned)]
            scores.append(now[0])
            cells = [f"{each:.4f}" for each in now] + ["-"] * (len(suites) - learned)
            whole = all(part in model.parts for part in base.parts) and model.scorer is base.scorer
            table.add(number, title, *cells, "none" if whole else "some")
    note = (
        f"{ROOTS} root file systems of each suite. The most that the F1 on {first.name} fell below its first "
        f"value: {max(scores[0] - each for each in scores):.4f}."
    )
    write_results("pack_forgetting", "What trainings on packs forget", table, note)


def _pack(base: Model | None, suite: Suite) -> Model:
    return learn_files(suite.contents, base=base, packs=PackNames(f"debian/{suite.name}")).model


def _trainings(model: Model, suites: Sequence[Suite]) -> Iterator[tuple[str, Model]]:
    """Yield the model after each training, and what that was of."""
    for suite in suites:
        model = _pack(model, suite)
        yield suite.name, model
    releases = read_releases(data_folder() / "pypi-releases.jsonl.xz")
    stored = [as_stored(each) for each in releases if (each.normalised.kinds != PathKind.METADATA).any()]
    batches = TRAININGS - len(suites)
    for number in range(batches):
        some = stored[number::batches]
        known = [each for before in range(number) for each in stored[before::batches]]
        model = learn_releases(model, some, InMemoryReleases(known)).model
        yield f"{len(some)} releases of PyPI", model


def _layers(suite: Suite) -> list[LabelledLayer]:
    roots = [root.whole for root in suite.roots(ROOTS, random.Random(9))]
    releases = suite.releases({name for root in roots for name in root})
    return list(layers(roots, releases, DAMAGES["and documents, as in slim images"]))


def _f1(model: Model, some: Sequence[LabelledLayer]) -> float:
    return measure(model, some).packages.f1


if __name__ == "__main__":
    main()
