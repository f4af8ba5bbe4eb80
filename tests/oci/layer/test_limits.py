"""The caps on layers and their settings."""

from __future__ import annotations

from dataclasses import fields

import pytest

from praxi_tasks.errors import LayerError, LimitExceededError, UsageError
from praxi_tasks.oci.layer.limits import LayerLimits, exceeded, limit_variable


@pytest.mark.parametrize("name", [field.name for field in fields(LayerLimits)])
def test_every_limit_is_a_setting(name: str) -> None:
    variable = limit_variable(name)
    assert variable.startswith("PRAXI_LAYER_")
    assert getattr(LayerLimits.from_environment({variable: "12345"}), name) == 12345
    assert getattr(LayerLimits.from_environment({variable: ""}), name) == getattr(LayerLimits(), name)
    assert variable in str(exceeded(name, "too much"))


@pytest.mark.parametrize("value", ["-1", "0", "many", "1.5", "1e6", "²", "+5"])
def test_values_that_are_no_limit(value: str) -> None:
    with pytest.raises(UsageError, match="PRAXI_LAYER_MAX_BYTES"):
        LayerLimits.from_environment({"PRAXI_LAYER_MAX_BYTES": value})


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_LAYER_MAX_ENTRIES", "7")
    assert LayerLimits.from_environment().max_entries == 7


def test_an_exceeded_limit_is_final() -> None:
    error = exceeded("max_ratio", "too much")
    assert isinstance(error, LimitExceededError)
    assert isinstance(error, LayerError)
    assert not error.retryable


def test_a_layer_may_have_as_many_members_and_paths_as_it_has_bytes_for() -> None:
    limits = LayerLimits(100, min_entry_bytes=5, entry_floor=10, max_path_bytes=400, path_floor=60)
    allowed = [(one.max_entries, one.max_path_bytes) for one in map(limits.of_layer, (0, 70, 350, 900))]
    assert allowed == [(10, 60), (14, 70), (70, 350), (100, 400)]
