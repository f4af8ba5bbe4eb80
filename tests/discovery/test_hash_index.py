"""A table of prefixes finds what a search of sorted hashes finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.hash_index import HashIndex, prefix_starts
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.catalogue import build_catalogue
from tests.support import world

EDGES = (0, 1, 1 << 63, (1 << 64) - 1)
HASHES = st.lists(st.one_of(st.sampled_from(EDGES), st.integers(0, (1 << 64) - 1)), max_size=80)


def array(numbers: list[int]) -> NDArray[np.uint64]:
    return np.array(numbers, np.uint64)


@given(HASHES, HASHES)
def test_it_finds_every_place_of_every_hash(stored: list[int], others: list[int]) -> None:
    hashes = array(sorted(stored + stored[:5]))
    wanted = array(sorted({*others, *stored[::2]}))
    expected = [
        (which, place) for which, one in enumerate(wanted.tolist()) for place in np.flatnonzero(hashes == one)
    ]
    for index in (HashIndex(hashes), HashIndex(hashes, prefix_starts(hashes))):
        which, places = index.find(wanted)
        assert list(zip(which.tolist(), places.tolist(), strict=True)) == expected
        assert index.has(wanted).tolist() == np.isin(wanted, hashes).tolist()
        assert index.fits()


def test_the_table_is_small_and_its_runs_are_short() -> None:
    hashes = np.sort(np.random.default_rng(1).integers(0, 1 << 64, 100_000, np.uint64))
    starts = prefix_starts(hashes)
    assert starts.nbytes <= hashes.nbytes / 8
    assert np.diff(starts.astype(np.intp)).max() < 40


def test_a_catalogue_stores_its_tables_and_forgets_those_of_replaced_columns() -> None:
    catalogue = Catalogue.from_bytes(build_catalogue(world.releases()).to_bytes())
    assert catalogue.key_index.starts is not None
    assert catalogue.folder_index.starts is not None
    assert replace(catalogue, keys=catalogue.keys[:5], owners=catalogue.owners[:5]).key_index.starts is None
    assert catalogue.to_bytes() == Catalogue.from_bytes(catalogue.to_bytes()).to_bytes()


def test_a_table_that_is_not_the_keys_own_is_refused() -> None:
    catalogue = Catalogue.from_bytes(build_catalogue(world.releases()).to_bytes())
    starts = catalogue.key_index.starts
    assert starts is not None
    wrong = HashIndex(catalogue.keys, np.full_like(starts, len(catalogue.keys)))
    with pytest.raises(CorruptObjectError):
        replace(catalogue, stored_starts=(wrong,)).check()
