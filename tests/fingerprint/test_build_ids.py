"""Build-ids stay with their files."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.fingerprint import BuildIds, Changeset, Tagset
from tests.support.layers import archive, folder, link, member, read

IDS = {"a": 7, "c": 9}


def test_they_are_known_by_path() -> None:
    found = BuildIds.of(["c", "b", "a"], IDS | {"b": 0, "elsewhere": 3})
    assert found.column(3).tolist() == [9, 0, 7]
    assert BuildIds.of(["b"], IDS).column(1).tolist() == [0]


@given(st.permutations(range(6)), st.integers(0, 6))
def test_a_selection_has_those_of_its_files(order: list[int], count: int) -> None:
    known = BuildIds.of(list("abcdef"), {"a": 1, "d": 4, "f": 6})
    rows = np.array(order[:count], np.intp)
    found = known.select(rows)
    assert found.column(count).tolist() == known.column(6)[rows].tolist()
    assert found.rows.tolist() == sorted(found.rows.tolist())


def test_they_are_stored_with_the_layer() -> None:
    reading = read(archive([folder("bin"), member("a", b"x"), link("b", "a"), member("c", b"y")]))
    changes = Changeset.from_bytes(Changeset.from_reading(reading, IDS).to_bytes())
    assert changes.build_ids.column(4).tolist() == [0, 7, 0, 9]
    tagset = Tagset.from_bytes(Tagset.from_changeset(changes).to_bytes())
    assert tagset.build_ids.column(len(tagset)).tolist() == [IDS.get(path, 0) for path in tagset.paths]


def test_what_was_stored_before_has_none() -> None:
    assert BuildIds.from_arrays({}, 3).column(3).tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("rows", "ids"), [([0, 1], [1]), ([1, 0], [1, 2]), ([0, 0], [1, 2]), ([0, 3], [1, 2])]
)
def test_columns_that_do_not_fit_are_refused(rows: list[int], ids: list[int]) -> None:
    columns = BuildIds(np.array(rows, np.uint32), np.array(ids, np.uint64)).arrays()
    with pytest.raises(ValueError, match="build-id"):
        BuildIds.from_arrays(columns, 3)
    with pytest.raises(ValueError, match="not whole"):
        BuildIds.from_arrays({"build_id_rows": np.array([0], np.uint32)}, 3)
