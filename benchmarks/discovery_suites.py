"""Whole root file systems of Debian's suites, known and foreign: names, and whether confidence is right.

    python -m benchmarks.discovery_suites [--taught bookworm bullseye trixie] [--suites bookworm … sid]

The model has a pack of each suite that it is taught. What it never learned are no mistakes of recall; that it
names something else for them are mistakes of precision.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.debian_roots import Suite, layers
from benchmarks.layer_metrics import LayerMetrics, measure
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.synthesis import Damage
from praxi_tasks.learning.training import PackNames, learn_files

TAUGHT = ["bookworm", "bullseye", "trixie"]
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
    parser.add_argument("--taught", nargs="+", default=TAUGHT, help="the suites of the model's packs")
    parser.add_argument("--suites", nargs="+", default=[*TAUGHT, "sid"], help="the suites to audit")
    options = parser.parse_args()
    table = Table(
        "suite", "layers", "what is deleted", "precision", "recall", "F1", "ECE", "unknown packages"
    )
    together = LayerMetrics()
    with tempfile.TemporaryDirectory(prefix="praxi-suites-") as folder:
        suites = {name: Suite(name, Path(folder)) for name in {*options.taught, *options.suites}}
        model = _teach([suites[name] for name in options.taught])
        for name in options.suites:
            _measure(suites[name], model, table, together)
    note = (
        f"{ROOTS} root file systems of each suite: its essential packages, up to twelve others and all they "
        "depend on; an upper layer is a root without what is in all of them. They are drawn from the suites' "
        "indexes, so each file is where its package has it. The model was taught "
        f"{', '.join(options.taught)} and knows {len(model.catalogue.packages)} packages. "
        f"ECE over all layers: {together.calibration_error:.4f}."
    )
    write_results("discovery_suites", "Debian's suites: whole root file systems", table, note)


def _teach(suites: Sequence[Suite]) -> Model:
    model: Model | None = None
    for suite in suites:
        packs = PackNames(f"debian/{suite.name}")
        model = learn_files(suite.contents, base=model, packs=packs).model
    return model or Model()


def _measure(suite: Suite, model: Model, table: Table, together: LayerMetrics) -> None:
    """Add a row for each kind of layer, and one of the calibration over all of the suite."""
    whole = LayerMetrics()
    roots = suite.roots(ROOTS, random.Random(5))
    releases = suite.releases({name for root in roots for name in root.whole})
    for title, packages in (("root", [r.whole for r in roots]), ("upper layer", [r.added for r in roots])):
        for deleted, damage in DAMAGES.items():
            result = measure(model, layers(packages, releases, damage))
            score = result.packages
            whole.confidence += result.confidence
            whole.present += result.present
            figures = (score.precision, score.recall, score.f1, result.calibration_error)
            table.add(suite.name, title, deleted, *(f"{one:.4f}" for one in figures), str(result.unknown))
    table.add(suite.name, "all", "", "", "", "", f"{whole.calibration_error:.4f}", "")
    together.confidence += whole.confidence
    together.present += whole.present


if __name__ == "__main__":
    main()
