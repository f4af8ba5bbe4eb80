"""The page of a training: what was learned, how well, at what cost, and what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final
from urllib.parse import unquote

from praxi_tasks.learning.collecting import Collected
from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.outcome import Judged, Promotion, Trained, TrainingSummary
from praxi_tasks.learning.report import charts

_DIGEST: Final = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_LABELS: Final[Mapping[str, str]] = {
    "old": "F1 lost on old releases",
    "new": "F1 on new releases",
    "false_positives": "named in unknown software",
    "calibration": "error of the confidence",
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
    """Return the page as HTML that loads nothing and runs nothing."""
    import jinja2

    text = resources.files(__package__).joinpath("page.html").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True)
    environment.filters["shortened"] = _shortened
    told = {name: getattr(story, name) for name in Story.__slots__}
    return environment.from_string(text).render(
        **told,
        name=unquote(
            story.run.replace("=", "%")
        ),  # the run's id, of which the key spells some letters otherwise
        labels=_LABELS,
        charts=list(_charts(story)),
        rebuilt=any(each.rebuilt for each in story.history),
    )


def _shortened(source: str) -> str:
    """Return a source with as much of a digest as people read."""
    return _DIGEST.sub(r"\1…", source)


def _charts(story: Story) -> Sequence[tuple[str, str]]:
    if story.evaluation is None:
        return ()
    return (
        ("Champion and challenger", charts.comparison(story.evaluation)),
        ("Reliability: how often a confidence was right", charts.reliability(story.evaluation)),
        ("F1 against model size, training by training", charts.growth(story.history)),
        ("Cost: learning on top, and rebuilding", charts.cost(story.history)),
        ("Tuning, trial by trial", charts.trials(story.trials)),
        ("Look-alikes: missed, and named instead", charts.confusion(story.evaluation)),
    )
