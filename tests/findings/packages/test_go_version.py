"""Go's versions, by the examples of its modules reference and of semver.org."""

from __future__ import annotations

import itertools

import pytest

from praxi_tasks.findings.packages.go_version import GoVersion

# Each comes before the next: semver.org section 11, Go's modules reference on pseudo-versions.
IN_ORDER = (
    "v0.0.0-20180101000000-ffffffffffff",
    "v0.0.0-20191109021931-daa7c04131f5",
    "v0.0.0",
    "v1.0.0-alpha",
    "v1.0.0-alpha.1",
    "v1.0.0-alpha.beta",
    "v1.0.0-beta",
    "v1.0.0-beta.2",
    "v1.0.0-beta.11",
    "v1.0.0-rc.1",
    "v1.0.0",
    "v1.2.3-pre",
    "v1.2.3-pre.0.20191109021931-daa7c04131f5",
    "v1.2.3",
    "v1.2.4-0.20191109021931-daa7c04131f5",
    "v1.2.4",
    "v1.10.0",
    "v2.0.0+incompatible",
    "v2.0.1",
)
# Of Go itself, with the forms that its advisories use.
TOOLCHAINS = (
    "1.9",
    "1.20.0-0",
    "1.20beta1",
    "1.20rc1",
    "1.20rc2",
    "1.20",
    "1.20.1",
    "1.20.10",
    "1.21.0-0",
    "1.21",
)


@pytest.mark.parametrize("versions", [IN_ORDER, TOOLCHAINS])
def test_the_order(versions: tuple[str, ...]) -> None:
    for one, other in itertools.combinations(versions, 2):
        assert GoVersion(one) < GoVersion(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("v1.0.0", "1.0.0"), ("1.20", "1.20.0"), ("1.20rc1", "v1.20.0-rc.1"), ("v2.0.0", "v2.0.0+incompatible")],
)
def test_equal_versions(one: str, other: str) -> None:
    assert GoVersion(one) == GoVersion(other)


@pytest.mark.parametrize("text", ["(devel)", "v1.x", "1.2.3.4", "v1.0.0-", "master"])
def test_what_is_no_version(text: str) -> None:
    assert not GoVersion.is_valid(text)
