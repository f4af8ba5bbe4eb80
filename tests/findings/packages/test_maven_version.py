"""Maven's versions, by the examples of its own tests and of the POM reference."""

from __future__ import annotations

import itertools

import pytest

from praxi_tasks.findings.packages.maven_version import MavenVersion

# Each comes before the next.
QUALIFIERS = (
    *(
        "1-alpha2snapshot",
        "1-alpha2",
        "1-alpha-123",
        "1-beta-2",
        "1-beta123",
        "1-m2",
        "1-m11",
        "1-rc",
        "1-cr2",
    ),
    *("1-rc123", "1-SNAPSHOT", "1", "1-sp", "1-sp2", "1-sp123", "1-abc", "1-def", "1-pom-1", "1-1-snapshot"),
    *("1-1", "1-2", "1-123"),
)
NUMBERS = (
    *(
        "2.0",
        "2.0.a",
        "2-1",
        "2.0.2",
        "2.0.123",
        "2.1.0",
        "2.1-a",
        "2.1b",
        "2.1-c",
        "2.1-1",
        "2.1.0.1",
        "2.2",
    ),
    *("2.123", "11.a2", "11.a11", "11.b2", "11.b11", "11.m2", "11.m11", "11", "11.a", "11b", "11c", "11m"),
)
OF_REAL_ARTIFACTS = (
    *("2.0-beta9", "2.0-rc1", "2.0", "2.0.1", "2.3.1", "2.12.4", "2.15.0", "2.16.0", "2.17.1"),
    *("4.1.96.Final", "4.1.100.Final", "5.0.0.Alpha1", "5.0.0.CR1", "5.0.0.RELEASE", "20040616"),
)
PAIRS = (
    *[("1", "2"), ("1.5", "2"), ("1", "2.5"), ("1.0", "1.1"), ("1.0.0", "1.1"), ("1.0.1", "1.1")],
    *[("1.0-alpha-1", "1.0"), ("1.0-alpha-1", "1.0-alpha-2"), ("1.0-alpha-1", "1.0-beta-1")],
    *[("1.0-beta-1", "1.0-SNAPSHOT"), ("1.0-SNAPSHOT", "1.0"), ("1.0-alpha-1-SNAPSHOT", "1.0-alpha-1")],
    *[("1.0", "1.0-1"), ("1.0-1", "1.0-2"), ("1.0.0", "1.0-1"), ("2.0-1", "2.0.1")],
    *[("2.0.1-klm", "2.0.1-lmn"), ("2.0.1", "2.0.1-xyz"), ("2.0.1", "2.0.1-123"), ("2.0.1-xyz", "2.0.1-123")],
    *[("6.1.0", "6.1H.5-beta"), ("6.1.0rc3", "6.1.0"), ("20190126.230843", "1234567890.12345")],
    *[("1.0.0.X1", "1.0.0-X2"), ("2.0.1.MR", "2.0.2"), ("1.2147483648", "1.99999999999999999999")],
)
EQUAL = (
    *[
        ("1", "1.0"),
        ("1", "1.0.0"),
        ("1", "1-0"),
        ("1", "1.0-0"),
        ("1a", "1-a"),
        ("1a", "1.0-a"),
        ("1a", "1.a"),
    ],
    *[("1x", "1.0.0-x"), ("1.0x", "1-x"), ("1ga", "1"), ("1release", "1"), ("1final", "1"), ("1cr", "1rc")],
    *[("1a1", "1-alpha-1"), ("1b2", "1-beta-2"), ("1m3", "1-milestone-3"), ("1X", "1x"), ("1FINAL", "1")],
    *[("0.0.1552", "00.0.1552")],
)


@pytest.mark.parametrize("versions", [QUALIFIERS, NUMBERS, OF_REAL_ARTIFACTS])
def test_the_order(versions: tuple[str, ...]) -> None:
    for one, other in itertools.combinations(versions, 2):
        assert MavenVersion(one) < MavenVersion(other)
        assert not MavenVersion(other) < MavenVersion(one)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_pairs(one: str, other: str) -> None:
    assert MavenVersion(one) < MavenVersion(other)
    assert MavenVersion(one) != MavenVersion(other)


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal_versions(one: str, other: str) -> None:
    assert MavenVersion(one) == MavenVersion(other)


def test_depth_costs_no_stack() -> None:
    assert MavenVersion("1" + "-1" * 20_000) < MavenVersion("1" + "-1" * 20_000 + "-1")
