"""Paths are counted once for each version, however many contents of them it has."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery.catalogue import PackageContents
from praxi_tasks.discovery.version_tally import VersionTally

VERSIONS = 4
ROWS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sets(st.integers(0, VERSIONS - 1), min_size=1),
        st.booleans(),
        st.integers(0, 99),
    ),
    max_size=20,
)
Rows = list[tuple[int, set[int], bool, int]]


def contents(rows: Rows) -> PackageContents:
    keys = np.array([key for key, *_ in rows], np.uint64)
    return PackageContents(
        keys=keys,
        sizes=np.array([size for *_, size in rows], np.uint64),
        hashes=keys,
        core=np.ones(len(rows), np.bool_),
        holder_starts=np.cumsum([0, *(len(held) for _, held, *_ in rows)]).astype(np.uint32),
        holders=np.array([one for _, held, *_ in rows for one in sorted(held)], np.uint16),
    )


@given(ROWS)
def test_each_path_counts_once(drawn: Rows) -> None:
    rows = sorted(drawn, key=lambda row: row[0])
    tally, known = VersionTally(contents(rows), VERSIONS), contents(rows)
    mask = np.array([wanted for _, _, wanted, _ in rows], np.bool_)
    for version in range(VERSIONS):
        sizes: dict[int, int] = {}
        for key, held, wanted, size in rows:
            if wanted and version in held:
                sizes.setdefault(key, size)
        assert tally.paths(mask)[version] == len(sizes)
        assert tally.sizes(mask, known.sizes)[version] == sum(sizes.values())


@given(ROWS)
def test_what_varies_has_another_content_in_each_of_several_versions(drawn: Rows) -> None:
    rows = sorted(drawn, key=lambda row: row[0])
    expected = []
    for key, *_ in rows:
        held = [each for other, each, *_ in rows if other == key]
        expected.append(all(len(each) == 1 for each in held) and len(set().union(*held)) > 1)
    assert VersionTally(contents(rows), VERSIONS).varying.tolist() == expected
