from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import UsageError
from praxi_tasks.isolation import IsolationSettings
from praxi_tasks.isolation.settings import container_share


@pytest.mark.parametrize(("text", "share"), [("1000\n", 900), ("max\n", 0), (f"{(1 << 63) - 4096}\n", 0)])
def test_memory_is_that_of_the_container(tmp_path: Path, text: str, share: int) -> None:
    (tmp_path / "limit").write_text(text)
    assert container_share((tmp_path / "missing", tmp_path / "limit")) == share


def test_settings_are_variables() -> None:
    variables = {"PRAXI_UNIT_MAX_SECONDS": "2.5", "PRAXI_UNIT_MAX_BYTES": "7"}
    assert IsolationSettings.from_environment(variables) == IsolationSettings(2.5, 7)
    with pytest.raises(UsageError, match="PRAXI_UNIT_MAX_BYTES"):
        IsolationSettings.from_environment({"PRAXI_UNIT_MAX_BYTES": "much"})
