"""Semantic versions, by the examples of semver.org and of its published list of valid and invalid ones."""

from __future__ import annotations

import itertools

import pytest

from praxi_tasks.findings.packages.semantic_version import SemanticVersion

IN_ORDER = (
    "0.0.4",
    "1.0.0-0A.is.legal",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0.0-rc.1",
    "1.0.0",
    "2.0.0",
    "2.1.0",
    "2.1.1",
    "10.2.3-DEV-SNAPSHOT",
    "99999999999999999999999.999999999999999999.99999999999999999",
)


def test_the_order() -> None:
    for one, other in itertools.combinations(IN_ORDER, 2):
        assert SemanticVersion(one) < SemanticVersion(other)


def test_build_metadata_decides_nothing() -> None:
    assert SemanticVersion("1.1.2-prerelease+meta") == SemanticVersion("1.1.2-prerelease+meta-valid")
    assert SemanticVersion("2.0.0+build.1848") == SemanticVersion("2.0.0")


@pytest.mark.parametrize(
    "text", ["1", "1.2", "1.2.3.DEV", "1.2-SNAPSHOT", "alpha", "-1.0.3", "v1.2.3", "1.2.3-"]
)
def test_what_is_no_semantic_version(text: str) -> None:
    assert not SemanticVersion.is_valid(text)
