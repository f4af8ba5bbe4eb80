"""Progress tells how fast it goes and how long the rest takes."""

from __future__ import annotations

import pytest

from praxi_tasks.cli.rate import EVERY, Lines, Rate


def test_rate_and_time_left() -> None:
    time, told = [0.0], []
    rate = Rate(4, "packages", lambda done, line: told.append((done, line)), lambda: time[0])
    for _ in range(2):
        time[0] += 1_800
        rate.advance("5 releases")
    assert told[-1] == (2, "2 packages/min, 5 releases, 1:00:00 left".replace("2 packages", "0 packages"))
    assert told[0] == (1, "0 packages/min, 5 releases, 1:30:00 left")


def test_what_was_there_from_before_says_nothing_of_the_time_left() -> None:
    time, told = [0.0], []
    rate = Rate(5, "packages", lambda _, line: told.append(line), lambda: time[0])
    rate.advance("5 releases", is_new=False)
    rate.advance("9 releases", is_new=False)
    time[0] += 60
    rate.advance("12 releases")
    assert told == [
        "5 releases, all of them from before",
        "9 releases, all of them from before",
        "1 packages/min, 12 releases, 0:02:00 left",
    ]


def test_without_a_terminal_there_is_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    time = [0.0]
    lines = Lines("Collecting", 3, lambda: time[0])
    lines(1, "soon")
    time[0] += EVERY
    lines(2, "later")
    lines(3, "at the end")
    assert capsys.readouterr().err.splitlines() == [
        "Collecting: 2 of 3, later",
        "Collecting: 3 of 3, at the end",
    ]
