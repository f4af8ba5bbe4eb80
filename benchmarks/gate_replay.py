"""Trainings at default bars: today's gate beside the earlier rule, and what recalibrating costs.

PyPI's releases. A model of 70 packages learns the others, ten at a time, through the steps of a training and
with a registry; what passes the gate is the next training's champion. The earlier rule refused where the
champion's calibration error, too low or too high, exceeded the bar.

The data has 100 packages, and a training recalibrates from 200 on: its cost is measured without that bound.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.discovery_data import data_folder
from benchmarks.incremental import as_stored
from benchmarks.report import Table, write_results
from praxi_tasks.discovery import Model, Release
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data import ReleaseStore, read_releases
from praxi_tasks.learning.evaluation import Bars, Evaluation, Scores
from praxi_tasks.learning.model_registry import CHAMPION, open_registry
from praxi_tasks.learning.run import TrainingRun, TrainingSettings
from praxi_tasks.learning.run.documents import Judged
from praxi_tasks.learning.training import LEAST_PACKAGES, make_scorer, recalibrate
from praxi_tasks.store import open_store

KNOWN = 70
BATCH = 10
SCORERS = {"of 8 layers": 8, "as usual": None}
"""How many layers the base's scorer is trained on: few leave it under-confident."""


def main() -> None:
    releases = list(read_releases(data_folder() / "pypi-releases.jsonl.xz"))
    names = sorted({release.package for release in releases})
    names = [names[place] for place in np.random.default_rng(5).permutation(len(names)).tolist()]
    verdicts = Table(
        "scorer", "training", "champion, old: over / under", "challenger, old", "challenger, new",
        "gate today", "earlier rule",
    )  # fmt: skip
    costs = Table(
        "scorer",
        "training",
        "packages",
        "training, CPU s",
        "recalibration, CPU s",
        "ratio",
        "what became of it",
    )
    for scorer, layers in SCORERS.items():
        known = [release for release in releases if release.package in names[:KNOWN]]
        base = Model(
            [build_catalogue(known)], make_scorer((), None, known, np.random.default_rng(1), layers=layers)
        )
        with TemporaryDirectory() as folder:
            replay = Replay(Path(folder), base, releases)
            for number, start in enumerate(range(KNOWN, len(names), BATCH), 1):
                row, cost = replay.train(f"t{number}", names[start : start + BATCH])
                verdicts.add(scorer, number, *row)
                costs.add(scorer, number, start + BATCH, *cost)
    write_results(
        "gate_replay",
        "Three trainings of new releases at default bars",
        "By how much confidence exceeds accuracy / falls short of it, on layers of old and of new releases. "
        "A scorer trained on 8 layers instead of 800 is under-confident. The earlier rule refused "
        f"where the champion's whole error exceeded {Bars().calibration}.",
        verdicts,
        "## What recalibrating costs beside a training without it (collect, train, evaluate, judge)",
        costs,
        f"These 100 packages are fewer than the {LEAST_PACKAGES} from which a training recalibrates: the "
        "cost is measured without that bound, and none of these trainings used what it made.",
    )


class Replay:
    """A store with a model in use, that trainings add to."""

    def __init__(self, folder: Path, base: Model, releases: Sequence[Release]) -> None:
        self._store = open_store(folder.as_uri())
        self._releases = releases
        stored = ReleaseStore(self._store)
        for release in releases:
            stored.add(as_stored(release))
        uri = f"{self._store.uri}/base"
        base.save(uri)
        registry = open_registry(self._store.uri)
        registry.promote(registry.register(uri, base.id, {}))

    def train(self, run_id: str, packages: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Run a training; return its errors and verdicts, and its costs."""
        labels = tuple(
            f"{release.package}@{release.version}"
            for release in self._releases
            if release.package in packages
        )
        run = TrainingRun(self._store, run_id)
        began = time.process_time()
        plan = run.plan(f"models:/praxi@{CHAMPION}", TrainingSettings(packages=labels))
        for number in range(plan.batches):
            run.fingerprint(number)
        trained = run.train()
        evaluation, judged = run.evaluate(), run.gate()
        spent = time.process_time() - began
        if evaluation is None:
            raise SystemExit(f"{run_id} learned nothing")
        run.promote()
        return _verdicts(evaluation, judged), self._cost(Model.load(trained.uri), spent)

    def _cost(self, model: Model, spent: float) -> tuple[str, ...]:
        known = [
            release
            for release in self._releases
            if model.knows(release.ecosystem, release.name, release.version)
        ]
        began = time.process_time()
        made = recalibrate(model, known, np.random.default_rng(1), least=1)
        anew = time.process_time() - began
        return f"{spent:.2f}", f"{anew:.2f}", f"{anew / spent:.2f}", made.message


def _verdicts(evaluation: Evaluation, judged: Judged) -> tuple[str, ...]:
    champion = evaluation.champion_old
    off = champion is not None and champion.calibration > Bars().calibration
    today = "passes" if judged.passed else f"refuses: {'; '.join(judged.reasons)}"
    errors = (_errors(each) for each in (champion, evaluation.challenger_old, evaluation.challenger_new))
    return *errors, today, "refuses" if off else "passes"


def _errors(scores: Scores | None) -> str:
    return f"{scores.overconfidence:.4f} / {scores.underconfidence:.4f}" if scores else "-"


if __name__ == "__main__":
    main()
