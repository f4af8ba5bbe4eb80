"""What makes a training the same as one that was refused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.evaluation import (
    WEIGHTS,
    Bars,
    Conditions,
    Refusal,
    challenger_attempt,
    find_refusal,
    record_refusal,
    request_attempt,
)
from praxi_tasks.store import keys, open_store

FARM = NewPackage("pkg:pypi/farm@1.0", "pypi", "farm", "1.0", ("sha256:1",))
BARN = NewPackage("pkg:pypi/barn@2.0", "pypi", "barn", "2.0")
USUAL = Conditions("abc-1")


def test_order_layers_and_written_out_defaults_make_no_difference() -> None:
    moved = msgspec.structs.replace(FARM, layers=("sha256:2",))
    spelled_out = Conditions("abc-1", Bars(), dict(reversed(list(WEIGHTS.items()))))
    assert request_attempt([FARM, BARN], USUAL) == request_attempt([BARN, moved, FARM], spelled_out)


@pytest.mark.parametrize(
    ("packages", "conditions"),
    [
        ([FARM], USUAL),
        ([FARM, msgspec.structs.replace(BARN, version="2.1")], USUAL),
        ([FARM, BARN], Conditions("abd-1")),
        ([FARM, BARN], Conditions("abc-2")),
        ([FARM, BARN], Conditions("abc-1", Bars(calibration=0.04))),
        ([FARM, BARN], Conditions("abc-1", weights={"new": 1.0})),
        ([FARM, BARN], Conditions("abc-1", how={"full_retrain": True})),
    ],
)
def test_whatever_is_different_is_tried(packages: list[NewPackage], conditions: Conditions) -> None:
    assert request_attempt(packages, conditions) != request_attempt([FARM, BARN], USUAL)


def test_a_refusal_is_found_again_and_the_first_stays(tmp_path: Path) -> None:
    store, attempt = open_store(tmp_path.as_uri()), challenger_attempt("model", USUAL)
    assert find_refusal(store, attempt) is None
    record_refusal(store, attempt, Refusal("t1", ("too confident",)))
    record_refusal(store, attempt, Refusal("t2", ("as before",)))
    assert find_refusal(store, attempt) == Refusal("t1", ("too confident",))


def test_a_damaged_record_refuses_nothing(tmp_path: Path) -> None:
    store = open_store(tmp_path.as_uri())
    store.put(keys.training_refusal("x"), b"{")
    assert find_refusal(store, "x") is None
