"""Leaving packages out of a catalogue: what stays is as if the others had never been."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.leaving import without
from tests.support import world

RELEASES = world.releases()[:18]
NAMES = sorted({release.package for release in RELEASES})
WHOLE = build_catalogue(RELEASES)


@given(st.sets(st.sampled_from(NAMES)))
def test_what_stays_is_as_if_the_others_had_never_been(gone: set[str]) -> None:
    left = build_catalogue([release for release in RELEASES if release.package not in gone])
    assert without(WHOLE, gone).to_bytes() == left.to_bytes()


def test_a_catalogue_that_has_none_of_them_is_itself() -> None:
    assert without(WHOLE, {"pypi/stranger"}) is WHOLE
