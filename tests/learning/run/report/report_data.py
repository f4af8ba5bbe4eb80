"""Made-up results of trainings, for the tests of their reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from praxi_tasks.learning.data.requests import NewPackage
from praxi_tasks.learning.evaluation import Bars, Evaluation, Scores, judge
from praxi_tasks.learning.model_registry.resolve import ResolvedModel
from praxi_tasks.learning.run.documents import Judged, Promotion, Trained, TrainingSummary
from praxi_tasks.learning.run.report.page import ReportData
from praxi_tasks.learning.sources.collector import Collected
from praxi_tasks.learning.studies import TUNING, Trial

LOOK_ALIKES = (("pypi/nose", "pypi/nose2", 3), ("npm/@corner/shop", "npm/@corner/shop-core", 1))


def drawn(spec: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that a specification draws: its data, which Altair names where layers share them."""
    data = spec["data"]
    rows: list[dict[str, Any]] = spec["datasets"][data["name"]] if "name" in data else data["values"]
    return rows


def scores(f1: float, confused: Sequence[tuple[str, str, int]] = LOOK_ALIKES) -> Scores:
    curve = tuple((step / 10 + 0.05, min(step / 10 + 0.07, 1.0), 40 + step) for step in range(10))
    return Scores(
        layers=96,
        f1=f1,
        precision=f1 + 0.001,
        recall=f1 - 0.002,
        exact=f1 - 0.05,
        calibration=0.011,
        curve=curve,
        confused=tuple(confused),
    )


def evaluation(confused: Sequence[tuple[str, str, int]] = LOOK_ALIKES) -> Evaluation:
    return Evaluation(scores(0.9962), scores(0.9958, confused), scores(0.9713, confused), 0.004)


def summary(
    learned: int, *, rebuilt: bool = False, day: int = 1, f1_new: float | None = None
) -> TrainingSummary:
    return TrainingSummary(
        at=f"2026-{1 + day // 28 % 12:02d}-{1 + day % 28:02d}T00:10:00Z",
        wanted=learned,
        learned=learned,
        failed=0,
        promoted=True,
        champion=str(day),
        report=f"training/runs/{day}/report.html",
        rebuilt=rebuilt,
        size=2_000_000 + 9_000 * day,
        seconds=0.1 + 0.004 * learned,
        f1_old=0.9962,
        f1_new=f1_new,
    )


def trainings(number: int) -> list[TrainingSummary]:
    """Return a history: every 30th training rebuilt all."""
    return [
        summary(
            60_000 if day % 30 == 29 else 1 + day * 37 % 250,
            rebuilt=day % 30 == 29,
            day=day,
            f1_new=0.95 + day % 7 / 200,
        )
        for day in range(number)
    ]


def report_data(
    names: Sequence[str] = ("requests",),
    *,
    confused: Sequence[tuple[str, str, int]] = LOOK_ALIKES,
    history: int = 5,
    trials: Sequence[float] = (),
) -> ReportData:
    """Return the story of a training that learned packages of some names."""
    packages = [NewPackage(f"pkg:pypi/{name}@1.0", "pypi", name, "1.0") for name in names]
    trained = Trained(
        model="2" * 64,
        uri="file:///models/2",
        version="2",
        base=ResolvedModel("file:///models/1", "1"),
        base_model="1" * 64,
        learned=tuple((package.ecosystem, package.name, package.version) for package in packages),
        indistinguishable={},
        repaired=(),
        false_positives=(),
        parts=2,
        size=2_400_000,
        seconds=0.31,
    )
    measured = evaluation(confused)
    past = trainings(history)
    return ReportData(
        run="manual__2026-11-20",
        trained=trained,
        collected=[Collected(package, "stored", f"wheel {package.name}-1.0") for package in packages],
        evaluation=measured,
        judged=Judged.of(judge(measured, Bars())),
        promotion=Promotion(True, "2", "1"),
        summary=past[-1] if past else summary(len(packages)),
        trainings=past,
        trials={TUNING: [Trial({}, f1) for f1 in trials]},
    )
