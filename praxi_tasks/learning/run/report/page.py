"""The report of a training as HTML: releases learned, scores, cost, and the outcome of the promotion."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.run.documents import Judged, Promotion, Trained, TrainingSummary
from praxi_tasks.learning.run.report import assets, charts, history, studies
from praxi_tasks.learning.run.report.figure import Figure
from praxi_tasks.learning.sources import Collected
from praxi_tasks.learning.studies import ROUTING, TUNING, Trial

_DIGEST: Final = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_LABELS: Final[Mapping[str, str]] = {
    "old": "F1 lost on old releases",
    "new": "F1 on new releases",
    "false_positives": "named in unknown software",
    "calibration": "confidence too high, new releases",
    "calibration_old": "confidence too high, old releases",
    "score": "weighted score",
}


@dataclass(frozen=True, slots=True)
class ReportData:
    """The content of a report.

    ``trainings`` sums up all trainings, this one last; ``trials`` are those of each study.
    """

    run: str
    trained: Trained
    collected: Sequence[Collected]
    evaluation: Evaluation | None
    judged: Judged
    promotion: Promotion
    summary: TrainingSummary
    trainings: Sequence[TrainingSummary]
    trials: Mapping[str, Sequence[Trial]] = field(default_factory=dict)


def training_page(data: ReportData) -> str:
    """Return the page as HTML that loads nothing, and runs nothing but the scripts that draw its charts."""
    import jinja2

    style, running = assets.asset("page.css"), assets.scripts()
    environment = jinja2.Environment(autoescape=True, trim_blocks=True)
    environment.filters["shortened"] = _shortened
    values = {name: getattr(data, name) for name in ReportData.__slots__}
    return environment.from_string(assets.asset("page.html")).render(
        **values,
        name=unquote(
            data.run.replace("=", "%")
        ),  # the run's id, of which the key spells some letters otherwise
        labels=_LABELS,
        figures=[figure for figure in _figures(data) if figure.rows],
        style=style,
        scripts=running,
        policy=assets.policy([style], running),
        licences=assets.asset("vega/LICENSES.txt"),
        rebuilt=any(each.rebuilt for each in data.trainings),
    )


def _shortened(source: str) -> str:
    """Return a source with as much of a digest as people read."""
    return _DIGEST.sub(r"\1…", source)


def _figures(data: ReportData) -> Sequence[Figure]:
    if data.evaluation is None:
        return ()
    return (
        charts.comparison(data.evaluation),
        charts.reliability(data.evaluation),
        history.growth(data.trainings),
        history.cost(data.trainings),
        studies.assignments(data.trials.get(ROUTING, ())),
        studies.tuning(data.trials.get(TUNING, ())),
        charts.confusion(data.evaluation),
    )
