"""Whole root file systems of Debian's suites, known and foreign: names, and whether confidence is right.

    python -m benchmarks.discovery_suites [--model URI] [--suites bullseye bookworm trixie]

The model is trained on apt's own suite unless one is given. What it never learned are no mistakes of recall;
that it names something else for them are mistakes of precision.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.debian_roots import Suite, layers
from benchmarks.discovery_data import contents_files
from benchmarks.layer_metrics import LayerMetrics, measure
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.synthesis import Damage
from praxi_tasks.learning.training import learn_files

ROOTS = 24
METADATA = (PathKind.METADATA,)
PAPERS = (PathKind.METADATA, PathKind.DOC, PathKind.MAN, PathKind.LOCALE)
DAMAGES: Mapping[str, Damage] = {
    "databases deleted": Damage(METADATA),
    "and documents, as in slim images": Damage(PAPERS, licences=True),
    "and their copyright files": Damage(PAPERS),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure names in whole root file systems.")
    parser.add_argument("--model", help="a model's URI; else one is trained on apt's Contents indexes")
    parser.add_argument("--suites", nargs="+", default=["bookworm", "bullseye", "trixie"])
    options = parser.parse_args()
    model = Model.load(options.model) if options.model else learn_files(contents_files()).model
    table = Table(
        "suite", "layers", "what is deleted", "precision", "recall", "F1", "ECE", "unknown packages"
    )
    together = LayerMetrics()
    with tempfile.TemporaryDirectory(prefix="praxi-suites-") as folder:
        for name in options.suites:
            _measure(Suite(name, Path(folder)), model, table, together)
    note = (
        f"{ROOTS} root file systems of each suite: its essential packages, up to twelve others and all they "
        f"depend on; an upper layer is a root without what is in all of them. The model knows "
        f"{len(model.catalogue.packages)} packages. ECE over all layers: {together.calibration_error:.4f}."
    )
    write_results("discovery_suites", "Debian's suites: whole root file systems", table, note)


def _measure(suite: Suite, model: Model, table: Table, together: LayerMetrics) -> None:
    roots = suite.roots(ROOTS, random.Random(5))
    releases = suite.releases({name for root in roots for name in root.whole})
    for title, packages in (("root", [r.whole for r in roots]), ("upper layer", [r.added for r in roots])):
        for deleted, damage in DAMAGES.items():
            result = measure(model, layers(packages, releases, damage))
            score = result.packages
            together.confidence += result.confidence
            together.present += result.present
            figures = (score.precision, score.recall, score.f1, result.calibration_error)
            table.add(suite.name, title, deleted, *(f"{one:.4f}" for one in figures), str(result.unknown))


if __name__ == "__main__":
    main()
