from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_airflow.run_key import run_id_of, run_key
from praxi_tasks.errors import UsageError
from praxi_tasks.store import check_key, keys

run_ids = st.text(min_size=0, max_size=400)


@given(run_ids)
def test_any_run_id_becomes_one_part_of_a_store_key(run_id: str) -> None:
    key = run_key(run_id)
    assert check_key(keys.run(key, "plan.json")).count("/") == 2
    assert len(key.encode()) <= 200


@given(run_ids, run_ids)
def test_different_run_ids_have_different_keys(one: str, other: str) -> None:
    assert (run_key(one) == run_key(other)) == (one == other)


@given(st.text(alphabet="=%~./:AF23", max_size=6), st.text(alphabet="=%~./:AF23", max_size=6))
def test_escapes_can_not_be_forged(one: str, other: str) -> None:
    assert (run_key(one) == run_key(other)) == (one == other)


@pytest.mark.parametrize("length", [179, 180, 181, 250, 2000])
def test_long_run_ids_that_differ_at_the_end_have_different_keys(length: int) -> None:
    assert run_key("x" * length + "1") != run_key("x" * length + "2")


def test_the_usual_run_ids_stay_readable() -> None:
    assert run_key("manual__2026-03-01T12:30:00+00:00_x1") == "manual__2026-03-01T12=3A30=3A00+00=3A00_x1"


@pytest.mark.parametrize("run_id", [".", "..", "...", ""])
def test_a_run_id_can_not_name_a_folder_above(run_id: str) -> None:
    with pytest.raises(UsageError):
        check_key(f"audits/{run_id}/plan.json" if run_id.strip(".") == "" and len(run_id) < 3 else "..")
    check_key(f"audits/{run_key(run_id)}/plan.json")


@given(run_ids)
def test_a_key_tells_its_run_id_or_nothing(run_id: str) -> None:
    assert run_id_of(run_key(run_id)) in {run_id, ""}
    assert run_id_of(run_key("manual__2026-03-01T12:30:00+00:00=~")) == "manual__2026-03-01T12:30:00+00:00=~"
