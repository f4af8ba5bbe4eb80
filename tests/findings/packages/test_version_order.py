"""Versions that univers alone would leave without an order."""

from __future__ import annotations

import itertools

import pytest

from praxi_tasks.ecosystems import ECOSYSTEMS
from praxi_tasks.findings.packages import newest_version, parse_version

# Versions in ascending order, by what each ecosystem's own tool or specification says of them.
CHAINS = {
    # PEP 440
    "pypi": (
        "1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 "
        "1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 "
        "1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1 1!0.1"
    ),
    # semver.org, 11
    "npm": (
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 "
        "1.0.0-rc.1 1.0.0 1.9.0 1.10.0 2.0.0"
    ),
    # as Gem::Version sorts them
    "gem": "1.0.a 1.0.a1 1.0.a.2 1.0.a10 1.0.b1 1.0.rc1 1.0 1.0.1 1.1.pre 1.1 1.9 1.10 2",
    # Debian's policy, 5.6.12
    "deb": "1.0~~ 1.0~~a 1.0~ 1.0 1.0-1 1.0-1+deb12u1 1.0-1.1 1.0-10 1.0a 1.0+dfsg 1.0.1 1:0.1",
    # as rpm's own vercmp says
    "rpm": "1.0~rc1 1.0~rc1^git1 1.0~rc2 1.0 1.0^20160101 1.0a 1.0.1 2.0-1 2.0-1.el9 2.0-10 1:0.1",
    # apk-tools' tests
    "apk": "1.0_alpha 1.0_beta1 1.0_pre2 1.0_rc1 1.0 1.0-r1 1.0_p1 1.0a 1.0.1 1.10",
    # vercmp(8)
    "alpm": "1.0a 1.0b 1.0beta 1.0p 1.0pre 1.0rc 1.0 1.0.a 1.0.1 1.1 2.0-1 2.0-2 1:0.1",
    # Gentoo's PMS, 3.3
    "ebuild": "1.0_alpha 1.0_alpha1 1.0_beta 1.0_pre 1.0_rc 1.0 1.0-r1 1.0_p 1.0_p1 1.0a 1.0.1 1.1",
    # golang.org/x/mod/semver, and pseudo-versions
    "golang": (
        "v1.0.0-alpha v1.0.0-alpha.1 v1.0.0-rc.2 v1.0.0 v1.0.1-0.20200101000000-0123456789ab "
        "v1.0.1 v1.9.0 v1.10.0 v2.0.0+incompatible"
    ),
    # ComparableVersion's table
    "maven": "1-alpha-1 1-beta-1 1-milestone-1 1-rc-1 1-SNAPSHOT 1 1-sp-1 1-jre 1-1 1.1 1.9 1.10",
    # semver.org, 11
    "cargo": "1.0.0-alpha 1.0.0-alpha.1 1.0.0-rc.1 1.0.0 1.0.1 1.10.0",
    # Composer's documentation of versions
    "composer": "1.0.0-dev 1.0.0-alpha1 1.0.0-beta2 1.0.0-RC1 1.0.0 1.0.0-patch1 1.0.1 v1.10.0",
    # R's package_version
    "cran": "1.0 1.0-1 1.0.2 1.0-10 1.1 1.10",
    # as R's
    "bioconductor": "1.0 1.0.2 1.0.10 1.1 1.10",
    # Data.Version
    "hackage": "1.0 1.0.0 1.0.0.1 1.0.1 1.9 1.10",
    # NuGet's documentation of versions
    "nuget": ("1.0.0-alpha 1.0.0-alpha.1 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.0.1 1.0.1 1.10.0"),
    # Elixir's Version
    "hex": "1.0.0-alpha 1.0.0-rc.1 1.0.0 1.9.0 1.10.0",
    # pub_semver
    "pub": "1.0.0-dev.1 1.0.0-dev.1+1 1.0.0 1.0.0+1 1.0.0+2 1.0.0+10 1.0.1",
    # VersionNumber
    "julia": "1.0.0-alpha 1.0.0-rc1 1.0.0 1.9.0 1.10.0",
    # opam's manual, version ordering
    "opam": "1.0~beta 1.0~rc1 1.0 1.0+1 1.0.1 1.10 v0.9 v0.10 v0.16.3",
    # conda's VersionOrder
    "conda": (
        "0.4 0.4.1.rc 0.5a1 0.5b3 0.5C1 0.5 0.9.6 0.960923 1.0 1.1dev1 1.1a1 1.1.0dev1 1.1.a1 "
        "1.1.0rc1 1.1.0 1.1.0post1 1.1post1 1996.07.12 1!0.4.1"
    ),
    # Conan's documentation of versions
    "conan": "1.0.0-alpha 1.0.0-beta 1.0.0 1.0.1 1.9 1.10 2.0-pre 2.0",
    # semver.org, 11
    "swift": "1.0.0-beta.1 1.0.0 1.9.0 1.10.0",
    # semver.org, 11: as providers are published
    "terraform": "5.0.0-beta1 5.0.0 5.9.0 5.100.0",
    # semver.org, 11
    "jsr": "1.0.0-rc.1 1.0.0 1.9.0 1.10.0",
    # as Gem::Version sorts them
    "cocoapods": "1.0.0-beta.1 1.0.0-rc.1 1.0 1.9.0 1.10",
    # as Debian's
    "opkg": "1.0~rc1-1 1.0-1 1.0-2 1.0-10 1.1-1",
    # Bitnami's vulndb
    "bitnami": "1.0.0 1.0.1 1.9.0 1.10.0",
    # releases of programs
    "generic": "1.0.0-rc1 1.0.0 1.9.0 1.10.0",
}


def test_every_order_has_examples() -> None:
    assert set(CHAINS) == {name for name, row in ECOSYSTEMS.items() if row.version_class}


@pytest.mark.parametrize("kind", CHAINS)
def test_versions_come_in_the_order_of_their_ecosystem(kind: str) -> None:
    parsed = [(text, parse_version(kind, text)) for text in CHAINS[kind].split()]
    for (lower, first), (higher, second) in itertools.combinations(parsed, 2):
        assert first is not None, lower
        assert second is not None, higher
        assert first < second, (lower, higher)
        assert not second < first, (lower, higher)
        assert first != second, (lower, higher)


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
