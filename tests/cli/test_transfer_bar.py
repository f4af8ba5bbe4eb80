"""The transfer of a pack tells how far it is, how fast it goes and how long the rest takes."""

from __future__ import annotations

import pytest

from praxi_tasks.cli.rate import EVERY
from praxi_tasks.cli.transfer_bar import TransferLines, TransferRate, transfer_bar
from praxi_tasks.packs import Moved


def test_what_was_there_before_says_nothing_of_the_rate() -> None:
    time = [0.0]
    rate = TransferRate(lambda: time[0])
    assert rate.line(Moved(0, 0, 100_000_000)) == ""
    assert rate.line(Moved(40_000_000, 40_000_000, 100_000_000)) == "all of it from before"
    time[0] = 10
    assert rate.line(Moved(60_000_000, 40_000_000, 100_000_000)) == "2.0 MB/s, 0:00:20 left"


def test_without_a_terminal_there_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    time = [0.0]
    lines = TransferLines("Pushing pypi", lambda: time[0])
    lines(Moved(1_000_000, 0, 90_000_000))
    time[0] = EVERY
    lines(Moved(30_000_000, 0, 90_000_000))
    lines(Moved(90_000_000, 0, 90_000_000))
    told = capsys.readouterr().err.splitlines()
    assert told == ["Pushing pypi: 30.0 MB of 90.0 MB, 1.0 MB/s, 0:01:00 left"]


def test_a_terminal_shows_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with transfer_bar("Pushing pypi") as watch:
        watch(Moved(90_000_000, 0, 90_000_000))
    assert "90.0/90.0 MB" in capsys.readouterr().err
