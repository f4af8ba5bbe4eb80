from __future__ import annotations

from itertools import combinations

import pytest

from praxi_tasks.findings.packages.nuget_version import NugetVersion

ORDER = ["1.0-alpha", "1.0-alpha.2", "1.0-alpha.10", "1.0-beta", "1", "1.0.0.1", "1.0.1-rc", "1.0.1", "1.10"]


def test_four_numbers_and_prereleases() -> None:
    assert all(NugetVersion(one) < NugetVersion(another) for one, another in combinations(ORDER, 2))


def test_equal_spellings() -> None:
    assert NugetVersion("1.0.0-Beta+abc") == NugetVersion("1-beta")
    assert NugetVersion("1.0") == NugetVersion("1.0.0.0")


@pytest.mark.parametrize("text", ["", "v1", "1.0.0.0.0", "1.0-", "1.0 ", "\u0661"])
def test_what_is_no_version(text: str) -> None:
    assert not NugetVersion.is_valid(text)
