"""Looking a layer up in several parts gives what the parts merged give."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.discovery.candidates import find_candidates
from praxi_tasks.discovery.catalogue_merge import join_catalogues
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.synthesis import Files, install_wheel
from tests.support import world

SOME = world.releases()[:30]
SITE = "usr/local/lib/python3.11/site-packages"


def layer(rows: list[int]) -> Tagset:
    return world.layer(*(install_wheel(Files.of(SOME[row]), SITE) for row in rows), world.plain())


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.sampled_from(range(3)), min_size=30, max_size=30),
    st.lists(st.sampled_from(range(30)), min_size=1, max_size=4, unique=True),
)
def test_several_parts_are_as_good_as_one(homes: list[int], rows: list[int]) -> None:
    """Also where two parts know versions of one package each, or the same one."""
    parts = [
        build_catalogue(r for r, home in zip(SOME, homes, strict=True) if home in (part, 2))
        for part in range(2)
    ]
    tagset = layer(rows)
    several, one = (find_candidates(tagset, Lookup(known)) for known in (parts, [join_catalogues(parts)]))
    assert several.catalogue.packages == one.catalogue.packages
    assert np.array_equal(several.features, one.features, equal_nan=True)
    for found in several.packages.tolist():
        (mine,), (whole,) = several.catalogue.known_of(found), one.catalogue.known_of(found)
        assert mine.versions == whole.versions
        pairs = zip(mine.contents, whole.contents, strict=True)
        assert all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs)
    assert np.array_equal(several.folder_owners, one.folder_owners)


def test_nothing_is_known_without_parts() -> None:
    assert len(find_candidates(layer([0]), Lookup([])).packages) == 0


def test_a_package_is_found_by_its_name() -> None:
    catalogue = build_catalogue(SOME)
    for number, name in enumerate(catalogue.packages):
        assert catalogue.number_of(name) == number
    assert catalogue.number_of("pypi/nobody") is None
