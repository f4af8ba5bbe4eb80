"""The page of a training: what was learned, how well, at what cost, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from praxi_tasks.learning.collecting import Collected
from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.outcome import Judged, Promotion, Trained, TrainingSummary
from praxi_tasks.learning.report import charts, course, inline
from praxi_tasks.learning.report.figure import Figure

_DIGEST: Final = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_LABELS: Final[Mapping[str, str]] = {
    "old": "F1 lost on old releases",
    "new": "F1 on new releases",
    "false_positives": "named in unknown software",
    "calibration": "error of the confidence, new releases",
    "calibration_old": "error of the confidence, old releases",
    "score": "weighted score",
}


@dataclass(frozen=True, slots=True)
class Story:
    """All that a page tells.

    ``history`` are the summaries of all trainings, this one the last; ``trials`` the F1 of each tuning trial.
    """

    run: str
    trained: Trained
    collected: Sequence[Collected]
    evaluation: Evaluation | None
    judged: Judged
    promotion: Promotion
    summary: TrainingSummary
    history: Sequence[TrainingSummary]
    trials: Sequence[float] = ()


def training_page(story: Story) -> str:
    """Return the page as HTML that loads nothing, and runs nothing but the scripts that draw its charts."""
    import jinja2

    style, running = inline.asset("page.css"), inline.scripts()
    environment = jinja2.Environment(autoescape=True, trim_blocks=True)
    environment.filters["shortened"] = _shortened
    told = {name: getattr(story, name) for name in Story.__slots__}
    return environment.from_string(inline.asset("page.html")).render(
        **told,
        name=unquote(
            story.run.replace("=", "%")
        ),  # the run's id, of which the key spells some letters otherwise
        labels=_LABELS,
        figures=[figure for figure in _figures(story) if figure.rows],
        style=style,
        scripts=running,
        policy=inline.policy([style], running),
        licences=inline.asset("vega/LICENSES.txt"),
        rebuilt=any(each.rebuilt for each in story.history),
    )


def _shortened(source: str) -> str:
    """Return a source with as much of a digest as people read."""
    return _DIGEST.sub(r"\1…", source)


def _figures(story: Story) -> Sequence[Figure]:
    if story.evaluation is None:
        return ()
    return (
        charts.comparison(story.evaluation),
        charts.reliability(story.evaluation),
        course.growth(story.history),
        course.cost(story.history),
        course.trials(story.trials),
        charts.confusion(story.evaluation),
    )
