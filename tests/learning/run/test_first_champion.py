"""The figure of the first champion is written once, and by enough predictions."""

from __future__ import annotations

from pathlib import Path

from praxi_tasks.learning.evaluation import Evaluation, Scores
from praxi_tasks.learning.run.first_champion import LEAST_PREDICTIONS, with_first_champion
from praxi_tasks.store import open_store


def champion(accuracy: float, size: int = LEAST_PREDICTIONS) -> Evaluation:
    old = Scores(96, 1.0, 1.0, 1.0, 1.0, 0.9 - accuracy, curve=((0.9, accuracy, size),))
    return Evaluation(old, old, None, 0.0)


def test_the_first_champion_that_is_measured_stays_the_first(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    few = with_first_champion(store, champion(0.5, LEAST_PREDICTIONS - 1), "a")
    assert few.first_overconfidence is None
    for accuracy, model in ((0.85, "a"), (0.5, "b"), (0.9, "c")):
        found = with_first_champion(store, champion(accuracy), model)
        assert round(found.first_overconfidence or 0, 6) == 0.05


def test_without_old_releases_there_is_no_figure(tmp_path: Path) -> None:
    nothing = Evaluation(None, None, None, 0.0)
    assert with_first_champion(open_store(tmp_path.as_uri()), nothing, "a") == nothing
