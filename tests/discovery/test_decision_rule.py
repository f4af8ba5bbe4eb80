"""How many candidates are named."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery.decision_rule import LIKELY, DecisionRule, densest, select_candidates

SURE = np.array([0.02, 0.97, 0.03, 0.9, 0.01, 0.6])


@pytest.mark.parametrize(
    ("decision_rule", "named"),
    [
        (DecisionRule(), [1, 3, 5]),
        (DecisionRule("threshold", threshold=0.95), [1]),
        (DecisionRule("top-k", count=2), [1, 3]),
        (DecisionRule("top-k", count=9), [1, 3, 5, 2, 0, 4]),
        (DecisionRule("density"), [1, 3, 5]),
    ],
)
def test_strategies(decision_rule: DecisionRule, named: list[int]) -> None:
    assert select_candidates(SURE, decision_rule).tolist() == named


def test_density_names_what_lies_above_the_biggest_cluster() -> None:
    assert densest(np.array([0.1, 0.12, 0.13, 0.5, 0.52, 0.9]), 0.05) == pytest.approx(0.13)


def test_one_of_twins_is_named() -> None:
    indistinguishable = np.array([0.33, 0.3, 0.99])
    assert select_candidates(indistinguishable, DecisionRule()).tolist() == [2]
    assert select_candidates(indistinguishable, DecisionRule(), [(1, 0)]).tolist() == [2, 0]
    assert select_candidates(np.array([0.3, 0.3]), DecisionRule(), [(1, 0)]).tolist() == [1]
    assert select_candidates(np.array([0.1, 0.1]), DecisionRule(), [(1, 0)]).tolist() == []


@given(st.lists(st.floats(0, 1), max_size=30), st.sampled_from(["default", "threshold", "density"]))
def test_whoever_is_likelier_is_named_too(confidence: list[float], strategy: str) -> None:
    values = np.array(confidence, np.float64)
    named = select_candidates(values, DecisionRule(strategy)).tolist()  # type: ignore[arg-type]
    left = set(range(len(values))) - set(named)
    assert all(values[place] >= values[other] for place in named for other in left)
    assert 0 < LIKELY < 1
