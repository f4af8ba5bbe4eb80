"""Catalogues that are joined know what one built of everything at once knows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.discovery.catalogue import Catalogue, empty_catalogue
from praxi_tasks.discovery.catalogue_merge import join_catalogues
from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.learning.catalogue import build_catalogue
from tests.support import world

SOME = world.releases()[:30]
SMALL = build_catalogue(SOME[:3]).to_bytes()
TABLES = ("keys", "owners", "row_keys", "row_sizes", "row_hashes", "row_core", "row_starts", "holders")


def facts(catalogue: Catalogue) -> set[tuple[str, str, int, int, int]]:
    """Return every (package, version, key, size, hash) that a catalogue tells."""
    told = set()
    for number, package in enumerate(catalogue.packages):
        versions = catalogue.versions_of(number)
        for row in range(*catalogue.row_starts[number : number + 2].tolist()):
            content = tuple(
                int(getattr(catalogue, f"row_{name}")[row]) for name in ("keys", "sizes", "hashes")
            )
            for holder in catalogue.holders[slice(*catalogue.holder_starts[row : row + 2].tolist())].tolist():
                told.add((package, versions[holder], *content))
    return told


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(range(3)), min_size=30, max_size=30))
def test_joined_equals_built_at_once(homes: list[int]) -> None:
    parts = [
        build_catalogue(r for r, home in zip(SOME, homes, strict=True) if home == part) for part in range(3)
    ]
    joined, whole = join_catalogues(parts), build_catalogue(SOME)
    joined.check()
    assert sorted(joined.packages) == whole.packages
    assert facts(joined) == facts(whole)
    pairs = [
        set(zip(c.keys.tolist(), (c.packages[owner] for owner in c.owners.tolist()), strict=True))
        for c in (joined, whole)
    ]
    assert pairs[0] == pairs[1]
    assert np.all(joined.keys[1:] >= joined.keys[:-1])


def test_many_small_parts_beside_a_large_one() -> None:
    """A year of daily trainings: however the parts are paired, the packages are in the order of the parts."""
    small = [build_catalogue([world.release(f"day{number}", "1.0", 2)]) for number in range(40)]
    large = build_catalogue(SOME)
    joined = join_catalogues([small[0], large, *small[1:]])
    assert joined.packages == ["pypi/day0", *large.packages, *(f"pypi/day{n}" for n in range(1, 40))]
    assert facts(joined) == set().union(*(facts(part) for part in (large, *small)))
    joined.check()


def test_order_of_releases_does_not_matter() -> None:
    assert build_catalogue(SOME).to_bytes() == build_catalogue(reversed(SOME)).to_bytes()


def test_round_trip() -> None:
    catalogue = build_catalogue(SOME)
    read = Catalogue.from_bytes(catalogue.to_bytes())
    assert read.packages == catalogue.packages
    assert all(np.array_equal(getattr(read, name), getattr(catalogue, name)) for name in TABLES)


def test_nothing_joined_is_empty() -> None:
    assert join_catalogues([]).packages == []
    assert (
        join_catalogues([empty_catalogue(), build_catalogue(SOME)]).packages == build_catalogue(SOME).packages
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_altered_bytes_are_refused_or_consistent(data: st.DataObject) -> None:
    raw = bytearray(SMALL)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        Catalogue.from_bytes(bytes(raw)).check()
    except CorruptObjectError:
        return


@pytest.mark.parametrize("end", [0, 8, 100, -1])
def test_truncation_is_refused(end: int) -> None:
    with pytest.raises(CorruptObjectError):
        Catalogue.from_bytes(build_catalogue(SOME[:3]).to_bytes()[:end])
