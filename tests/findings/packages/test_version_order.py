"""Versions that univers alone would leave without an order."""

from __future__ import annotations

import pytest

from praxi_tasks.findings.packages import newest_version, parse_version


@pytest.mark.parametrize("other", ["1.0.post1", "1.0.0+build.7", "1.0.0.4"])
def test_what_npm_reads_as_build_metadata_is_the_same_version(other: str) -> None:
    plain, built = parse_version("npm", "1.0.0"), parse_version("npm", other)
    assert plain is not None
    assert built is not None
    assert plain == built
    assert not plain < built
    assert not built < plain
    assert hash(plain) == hash(built)


def test_prereleases_of_npm_still_come_first() -> None:
    assert newest_version("npm", ("1.0.0-rc.1", "1.0.0", "1.0.0-rc.2")) == "1.0.0"
    assert newest_version("npm", ("1.0.0-rc.1", "1.0.0-rc.2")) == "1.0.0-rc.2"
