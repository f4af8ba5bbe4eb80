"""The page of a training: what was learned, how well, at what cost, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from praxi_tasks.learning.collecting import Collected
from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.learning.outcome import Judged, Promotion, Trained, TrainingSummary
from praxi_tasks.learning.report import charts


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
    template = jinja2.Environment(autoescape=True, trim_blocks=True).from_string(text)
    told = {name: getattr(story, name) for name in Story.__slots__}
    return template.render(**told, charts=list(_charts(story)))


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
