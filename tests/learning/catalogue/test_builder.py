"""What a catalogue keeps: of a big package some paths, of one without a version no contents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.catalogue.builder import build_catalogue, sample_keys
from tests.support import world

MOST = 8


def sample(shared: int, own: int, extras: int = 0) -> tuple[list[int], list[int]]:
    """Sample two packages that share paths, and return what is kept of the first: shared and own."""
    first = [*range(shared), *range(1000, 1000 + own), *range(3000, 3000 + extras)]
    second = [*range(shared), *range(2000, 2000 + own)]
    keys = np.array(first + second, np.uint64)
    owners = np.repeat(np.array([0, 1], np.uint32), [len(first), len(second)])
    retained, owned, _ = sample_keys(keys, owners, keys < 3000, MOST)
    mine = retained[owned == 0].tolist()
    return [key for key in mine if key < 1000], [key for key in mine if key >= 1000]


def test_what_tells_packages_apart_is_kept() -> None:
    shared, own = sample(100, 3)
    assert len(own) == 3
    assert len(shared) == MOST - 3


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_a_sample_is_full_and_half_of_it_tells_apart(shared: int, own: int, extras: int) -> None:
    retained, significant = sample(shared, own, extras)
    assert len(retained) + len(significant) == min(MOST, shared + own + extras)
    assert len([key for key in significant if key < 3000]) >= min(own, MOST // 2)


def test_a_release_without_a_version_has_paths_and_nothing_else() -> None:
    known = world.find("packageb", "1.0")
    bare = replace(known, version="")
    alone, both = build_catalogue([bare]), build_catalogue([bare, known])
    assert (alone.versions, len(alone.row_keys)) == ([], 0)
    assert alone.keys.tolist() == build_catalogue([known]).keys.tolist()
    assert both.to_bytes() == build_catalogue([known]).to_bytes()
