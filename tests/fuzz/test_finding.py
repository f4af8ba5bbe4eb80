from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.finding import cut, signature
from tests.fuzz.rounds import Round, Rounds
from tests.fuzz.target import DifferenceError, Target, same


def a_target(**changed: object) -> Target:
    fields = {"name": "sample", "run": int, "errors": (ValueError,), "seeds": (b"1",), "covers": ()}
    return Target(**{**fields, **changed})  # type: ignore[arg-type]


def test_an_input_is_cut_down_to_what_fails() -> None:
    assert cut(b"x" * 300 + b"bad" + b"y" * 300, lambda data: b"bad" in data) == b"bad"


def test_one_error_in_one_function_is_one_finding() -> None:
    found = set()
    for value, expected in ((1, 2), (3, 4)):
        with pytest.raises(DifferenceError) as caught:
            same(value, expected, "a number")
        found.add(signature(caught.value))
    assert len(found) == 1
    assert found.pop().startswith("DifferenceError in test_finding.py:test_one_error")


def test_only_the_errors_that_a_target_names_are_none() -> None:
    a_target().one_input(b"no number")
    with pytest.raises(ValueError, match="invalid"):
        a_target(errors=(TypeError,)).one_input(b"no number")


def test_rounds_are_summed_up(tmp_path: Path) -> None:
    rounds = Rounds(tmp_path)
    for executions, edges in ((1_000, 7), (500, 9)):
        rounds.note(Round("sample", 10.0, executions, edges))
    rounds.note_finding("sample", "KeyError in a.py:b", "")
    rounds.note_finding("sample", "KeyError in a.py:b", "")
    *_, row, total = Rounds(tmp_path).table([a_target()]).splitlines()
    assert row == "| sample | 1,500 | 75 | 9 | 1 | 0 | 20 |"
    assert total == "| all 1 | 1,500 | | | 1 | 0 | 20 |"
