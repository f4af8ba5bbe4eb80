"""conda's order is the one of its documentation."""

from __future__ import annotations

from itertools import combinations

import pytest

from praxi_tasks.findings.packages.conda_version import CondaVersion

# From old to new; what stands in one line is equal.
ORDER = """
0.4 0.4.0
0.4.1.rc 0.4.1.RC
0.4.1
0.5a1
0.5b3
0.5C1
0.5
0.9.6
0.960923
1.0
1.1dev1
1.1_
1.1a1
1.1.0dev1 1.1.dev1
1.1.a1
1.1.0rc1
1.1.0+a-2 1.1+a.2
1.1.0 1.1
1.1.0+1-2 1.1+1.2
1.1.0post1 1.1.post1
1.1post1
1996.07.12
1!0.4.1
2!0.4.1
"""
LINES = [[CondaVersion(text) for text in line.split()] for line in ORDER.strip().splitlines()]


def test_the_order_of_the_documentation() -> None:
    for older, newer in combinations(LINES, 2):
        assert all(one < another and another > one for one in older for another in newer)


def test_equal_spellings() -> None:
    for one, *others in LINES:
        assert all(one == other and hash(one) == hash(other) for other in others)


@pytest.mark.parametrize("text", ["", "!", "1!", "1.0 beta", "_", "...", "1+", "\u0661", "1.0\n"])
def test_what_is_no_version(text: str) -> None:
    assert not CondaVersion.is_valid(text)
