"""A step that comes too early says which one is missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.run import PackRun, TrainingRun, close_training
from praxi_tasks.store import Store


@pytest.mark.parametrize(
    ("do", "step"),
    [
        (lambda store: TrainingRun(store, "t").train(), "releases"),
        (lambda store: TrainingRun(store, "t").evaluate(), "releases|train"),
        (lambda store: TrainingRun(store, "t").promote(), "gate"),
        (lambda store: close_training(store, "t"), "releases"),
        (lambda store: PackRun(store, "t").planned(), "select"),
    ],
)
def test_the_step_that_is_missing_is_named(store: Store, do: Callable[[Store], object], step: str) -> None:
    with pytest.raises(KeyNotFoundError, match=rf"the step ({step}) .*runs/t/.*learn --run … "):
        do(store)
