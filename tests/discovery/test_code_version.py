"""Predictions belong to a model, to the code that read it and to the decision rule."""

from __future__ import annotations

import pytest

from praxi_tasks.discovery import code_version
from praxi_tasks.discovery.decision_rule import DecisionRule
from praxi_tasks.discovery.model import Model
from tests.support import world


def test_another_decision_rule_has_another_cache_key() -> None:
    rules = (
        DecisionRule(),
        DecisionRule("threshold", 0.8),
        DecisionRule("top-k", count=3),
        DecisionRule("density"),
    )
    found = [Model(decision_rule=rule).cache_key for rule in rules]
    assert [key.removeprefix(found[0]) for key in found] == [
        "", "-threshold-0.8", "-top-k-3", "-density-0.05"
    ]  # fmt: skip


def test_the_cache_key_names_the_model_and_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    model = world.model()
    assert model.cache_key == f"{model.id}-{code_version.ENGINE}"
    before = model.cache_key
    monkeypatch.setattr(code_version, "ENGINE", code_version.ENGINE + 1)
    assert model.cache_key != before
