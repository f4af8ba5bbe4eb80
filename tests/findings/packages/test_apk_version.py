from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.findings.packages.version_order import parse_version

# Each is older than the next, by apk's own rules.
ASCENDING = [
    "0.9-r0", "0.10-r0", "1", "1.00", "1.0", "1.0.1_alpha", "1.0.1_alpha1", "1.0.1_beta2-r7", "1.0.1_pre1",
    "1.0.1_rc1", "1.0.1", "1.0.1-r1", "1.0.1-r10", "1.0.1_cvs1", "1.0.1_svn1", "1.0.1_git20230717-r4",
    "1.0.1_git20230717-r5", "1.0.1_git20240101", "1.0.1_hg1", "1.0.1_p1", "1.0.1_p1-r1", "1.0.1a",
    "1.0.1b-r0", "1.0.2", "1.1", "2.0", "20240101-r0",
]  # fmt: skip


def test_versions_are_in_order() -> None:
    for older, newer in pairwise(ASCENDING):
        left, right = parse_version("apk", older), parse_version("apk", newer)
        assert left is not None
        assert right is not None
        assert left < right, (older, newer)
        assert right > left


@given(st.sampled_from(ASCENDING), st.sampled_from(ASCENDING))
def test_the_order_is_total(one: str, other: str) -> None:
    left, right = parse_version("apk", one), parse_version("apk", other)
    assert left is not None
    assert right is not None
    assert (left < right, left == right) == (
        ASCENDING.index(one) < ASCENDING.index(other), one == other
    )  # fmt: skip


def test_a_commits_hash_and_the_first_revision_do_not_count() -> None:
    assert parse_version("apk", "1.2.3~4f1c9a-r0") == parse_version("apk", "1.2.3")


@pytest.mark.parametrize("text", ["", "r1", "1.", "1.2_late", "1:1.0", "1.0-1", "1.0-r", "1.0ab"])
def test_what_apk_would_not_take_is_malformed(text: str) -> None:
    assert parse_version("apk", text) is None
