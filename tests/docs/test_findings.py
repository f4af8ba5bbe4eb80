"""What docs/findings.md says of settings is what the program does without them."""

from __future__ import annotations

from praxi_tasks.findings.packages import MIRRORED_ECOSYSTEMS
from tests.conftest import ROOT


def test_the_ecosystems_that_are_mirrored_by_default() -> None:
    rows = (ROOT / "docs" / "findings.md").read_text().splitlines()
    (row,) = (row for row in rows if row.startswith("| `feeds_ecosystems` |"))
    assert row.split("|")[2].strip() == ", ".join(MIRRORED_ECOSYSTEMS)
