from __future__ import annotations

from itertools import combinations

import pytest

from praxi_tasks.findings.packages.composer_version import ComposerVersion

# From old to new; what stands in one line is equal.
ORDER = """
1.0.0-dev 1.0-dev
1.0.0-alpha1 v1.0.0-a1 1.0.0alpha1
1.0.0-alpha.2
1.0.0-beta1-dev
1.0.0-beta1 1.0.0b1
1.0.0-beta10
1.0.0-RC1 1.0rc1
1.0.0 v1 1.0.0.0 1.0.0-stable 1.0.0-stable2 1.0.0+build.5 1.0.0+a_b+c
1.0.0-patch1 1.0.0-p1 1.0.0pl1
1.0.1
1.10.0
2004-06-16-beta1
2004-06-16
20040616-beta1
20040616
20040616.0
20040616.10
"""
LINES = [[ComposerVersion(text) for text in line.split()] for line in ORDER.strip().splitlines()]


def test_stability_decides_between_equal_numbers() -> None:
    for older, newer in combinations(LINES, 2):
        assert all(one < another for one in older for another in newer)


def test_equal_spellings() -> None:
    for one, *others in LINES:
        assert all(one == other for other in others)


@pytest.mark.parametrize("text", ["", "dev-main", "1.x-dev", "1.0.0.0.0", "1.0-unknown", "\u0661", "1.0\n"])
def test_what_is_no_version(text: str) -> None:
    assert not ComposerVersion.is_valid(text)
