from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from praxi_tasks.audit.terminal import package_of
from praxi_tasks.findings.packages.component import Component
from praxi_tasks.findings.packages.purl import claim_purl, described_purl, release_purl
from praxi_tasks.inventory import Claim, Distribution

TEXTS = st.text("a 1%&=?#@/:é-", max_size=4)


@pytest.mark.parametrize(
    ("claim", "distribution", "purl"),
    [
        (Claim("pypi", "Flask", "3.0.1", "db"), None, "pkg:pypi/flask@3.0.1"),
        (
            Claim("deb", "libc6", "2.36-9+deb12u1", "db", architecture="amd64"),
            Distribution("debian", "12"),
            "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64",
        ),
        (Claim("deb", "bash", "1:5", "db"), Distribution("ubuntu"), "pkg:deb/ubuntu/bash@1:5"),
        (Claim("npm", "@types/node", "20.1.0", "db"), None, "pkg:npm/%40types/node@20.1.0"),
        (Claim("apk", "musl", "1.2.4-r2", "db"), None, "pkg:apk/alpine/musl@1.2.4-r2"),
        (Claim("rpm", "bash", "5.2-1.el9", "db"), None, "pkg:rpm/bash@5.2-1.el9"),
        (
            Claim("rpm", "perl", "4:5.32.1-480.el9", "db", architecture="x86_64"),
            Distribution("rocky"),
            "pkg:rpm/rocky/perl@5.32.1-480.el9?arch=x86_64&epoch=4",
        ),
    ],
)
def test_what_a_database_claims_has_a_package_url(
    claim: Claim, distribution: Distribution | None, purl: str
) -> None:
    assert claim_purl(claim, distribution) == purl


def test_a_release_without_a_known_version_has_none_in_its_url() -> None:
    assert release_purl("pypi", "requests") == "pkg:pypi/requests"


@pytest.mark.parametrize(
    ("purl", "package"),
    [
        ("pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64", "pkg:deb/debian/libc6"),
        ("pkg:npm/%40types/node@20.1.0", "pkg:npm/%40types/node"),
        ("pkg:pypi/requests", "pkg:pypi/requests"),
    ],
)
def test_the_package_is_the_url_without_version_and_qualifiers(purl: str, package: str) -> None:
    assert package_of(purl) == package


@pytest.mark.parametrize(
    ("claim", "distribution", "purl"),
    [
        (
            Claim("deb", "libssl3", "3.0.15-1+b2", "db", "amd64", "openssl", "3.0.15-1"),
            "debian-12",
            "pkg:deb/debian/libssl3@3.0.15-1%2Bb2?arch=amd64&distro=debian-12&upstream=openssl%403.0.15-1",
        ),
        (
            Claim("deb", "libc6", "2.36-9", "db", "amd64", "glibc", "2.36-9"),
            "debian-12",
            "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc",
        ),
        (
            Claim("apk", "libcrypto3", "3.3.1-r0", "db", "x86_64", "openssl", "3.3.1-r0"),
            "alpine-3.20.1",
            "pkg:apk/alpine/libcrypto3@3.3.1-r0?arch=x86_64&distro=alpine-3.20.1&upstream=openssl",
        ),
        (
            Claim("apk", "musl", "1.2.5-r0", "db", "x86_64", "musl", "1.2.5-r0"),
            "alpine-3.20.1",
            "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1",
        ),
        (
            Claim("rpm", "bash", "1:5-1", "db", "x86_64", "bash", "5-1"),
            "rhel-9.4",
            "pkg:rpm/redhat/bash@5-1?arch=x86_64&distro=rhel-9.4&epoch=1&upstream=bash-5-1.src.rpm",
        ),
        (
            Claim("rpm", "nodejs", "1:18.1-1", "db", "x86_64", module="nodejs:18:9:ab"),
            "rocky-9.4",
            (
                "pkg:rpm/rocky/nodejs@18.1-1?arch=x86_64&distro=rocky-9.4&epoch=1&modularitylabel=nodejs:18:9:ab"
                "&rpmmod=nodejs:18:9:ab"
            ),
        ),
        (
            Claim("deb", "bash", "1:5-1", "db", "arm64"),
            "ubuntu-22.04",
            "pkg:deb/ubuntu/bash@1:5-1?arch=arm64&distro=ubuntu-22.04",
        ),
        (Claim("npm", "@types/node", "20.1.0", "db"), "debian-12", "pkg:npm/%40types/node@20.1.0"),
        (Claim("pypi", "flask", "3.0.1", "db"), "debian-12", "pkg:pypi/flask@3.0.1"),
    ],
)
def test_a_described_url_has_what_scanners_match_on(claim: Claim, distribution: str, purl: str) -> None:
    component = Component(
        claim.ecosystem,
        claim.name,
        (claim.version,),
        claim_purl(claim, Distribution(distribution.partition("-")[0])),
        ("inventory",),
        source=claim.source,
        source_versions=(claim.source_version,) if claim.source else (),
        distribution=distribution,
        module=claim.module,
    )
    assert described_purl(component) == purl


@given(
    st.sampled_from(["deb", "apk", "rpm"]), st.sampled_from(["", "1:2", "2+b~1"]), TEXTS, TEXTS, TEXTS, TEXTS
)
def test_what_is_added_to_a_purl_is_read_back(
    ecosystem: str, version: str, architecture: str, distribution: str, source: str, source_version: str
) -> None:
    plain = release_purl(ecosystem, "n", version, "debian", architecture)
    component = Component(
        ecosystem,
        "n",
        (version,),
        plain,
        ("inventory",),
        distribution=distribution,
        source=source,
        source_versions=(source_version,),
    )
    described, before = PackageURL.from_string(described_purl(component)), PackageURL.from_string(plain)
    assert isinstance(described.qualifiers, dict)
    added = {name: described.qualifiers.pop(name, "") for name in ("distro", "upstream")}
    assert described == before
    assert (
        described_purl(component)
        == described._replace(qualifiers={**described.qualifiers, **added}).to_string()
    )
    assert added["distro"] == (distribution if distribution.strip() else "")


def test_where_a_release_came_from_is_in_its_purl() -> None:
    plain = Component("pypi", "x", ("1",), "pkg:pypi/x@1", ("inventory",))
    origins = {
        "git+https://example.org/x.git@c0": "vcs_url=git%2Bhttps://example.org/x.git%40c0",
        "https://example.org/x-1.whl": "download_url=https://example.org/x-1.whl",
    }
    for origin, qualifier in origins.items():
        found = described_purl(msgspec.structs.replace(plain, origin=origin))
        assert found == f"pkg:pypi/x@1?{qualifier}"
        (value,) = PackageURL.from_string(found).qualifiers.values()
        assert value == origin
