"""Predictions belong to a model and to the code that read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.discovery import code_version
from praxi_tasks.discovery.decision_rule import Emission
from praxi_tasks.discovery.model import Model
from tests.support import world


@pytest.fixture(autouse=True)
def _ask_afresh() -> Iterator[None]:
    code_version.engine.cache_clear()
    yield
    code_version.engine.cache_clear()


def test_another_rule_of_emission_is_another_voice() -> None:
    rules = (Emission(), Emission("threshold", 0.8), Emission("top-k", count=3), Emission("density"))
    voices = [Model(emission=rule).voice for rule in rules]
    assert [voice.removeprefix(voices[0]) for voice in voices] == [
        "", "-threshold-0.8", "-top-k-3", "-density-0.05"
    ]  # fmt: skip


def test_the_same_code_reads_with_the_same_voice() -> None:
    assert world.model().voice == world.model().voice
    assert world.model().voice.startswith(f"{world.model().id}-{code_version.ENGINE}.")


def test_code_that_changed_is_another_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voices = set()
    for code in ("LIKELY = 0.4\n", "LIKELY = 0.5\n"):
        (tmp_path / "emission.py").write_text(code)
        monkeypatch.setattr(code_version, "files", lambda _: tmp_path)
        code_version.engine.cache_clear()
        voices.add(code_version.engine())
    assert len(voices) == 2
