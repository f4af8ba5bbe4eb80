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


@pytest.mark.parametrize("kind", ["pypi", "npm", "deb", "apk", "rpm"])
def test_a_version_beyond_any_real_one_is_malformed(kind: str) -> None:
    assert parse_version(kind, "1." + "1" * 510) is not None
    assert parse_version(kind, "1." + "1" * 511) is None


def test_how_long_a_version_may_be_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_VERSION_MAX_LENGTH", "4")
    assert parse_version("deb", "7.77") is not None
    assert parse_version("deb", "7.777") is None
