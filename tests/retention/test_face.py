"""What retention shows to the command line."""

from __future__ import annotations

from tests.support.faces import exported


def test_the_exported_names() -> None:
    assert exported("praxi_tasks.retention") == {"GRACE_DAYS", "Age", "Pruned", "prune_store"}
