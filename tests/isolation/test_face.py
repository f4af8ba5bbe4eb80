"""What isolation shows to the rest of Praxi."""

from __future__ import annotations

from tests.support.faces import exported, loaded_by


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.isolation") == {"IsolationSettings", "supervise", "unit", "workers"}


def test_it_needs_no_more_than_airflows_side_has() -> None:
    assert not loaded_by("praxi_tasks.isolation") & {"msgspec", "numpy", "urllib3"}
