"""What was ticked in a list of findings, as a browser sends it, or somebody else."""

from __future__ import annotations

import pytest

from praxi_airflow.web.actions.picks import read_picks
from praxi_tasks.errors import PolicyError


def test_what_was_ticked() -> None:
    assert read_picks(["?kind=hidden&finding=a"]) == [{"kind": "hidden", "finding": "a"}]


@pytest.mark.parametrize(
    "pick", ["", "?kind=hidden", "finding=", "finding=a&other=b", "&" * 100, "finding=a&" * 100]
)
def test_what_is_no_finding_is_refused(pick: str) -> None:
    with pytest.raises(PolicyError, match="no finding"):
        read_picks([pick])
