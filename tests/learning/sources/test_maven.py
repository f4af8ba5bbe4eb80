"""A Maven repository, laid out as its documentation says."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from xxhash import xxh3_64_intdigest

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.fingerprint import published_content
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import pack_source
from praxi_tasks.learning.sources.maven import MavenRepository
from tests.support.site import Answer, Site, site

HOME = "/maven/org/example/shop/cart"
JAR = b"PK\x03\x04" + b"classes" * 2000


def wanted(version: str = "", name: str = "org.example.shop:cart") -> NewPackage:
    return NewPackage(f"pkg:maven/{name}", "maven", name, version)


@pytest.fixture
def repository() -> Iterator[Site]:
    with site() as server:
        versions = ("1.0", "1.1-SNAPSHOT", "1.1-rc1", "1.1.RC2", "1.1", "1.2-jre", "2.0.0-M3", "../x")
        listed = "".join(f"<version>{version}</version>" for version in versions)
        text = (
            f"<metadata><groupId>g</groupId><versioning><versions>{listed}</versions></versioning></metadata>"
        )
        server.answers[f"{HOME}/maven-metadata.xml"] = Answer(text.encode())
        server.answers[f"{HOME}/1.1/cart-1.1.jar"] = Answer(JAR)
        server.answers[f"{HOME}/1.1/cart-1.1.jar.sha256"] = Answer(hashlib.sha256(JAR).hexdigest().encode())
        sha1 = f"{hashlib.sha1(JAR).hexdigest()}  cart-1.1.jar\n"  # noqa: S324 - what repositories publish
        server.answers[f"{HOME}/1.1/cart-1.1.jar.sha1"] = Answer(sha1.encode())
        yield server


def test_versions_are_those_that_are_finished_the_latest_first(repository: Site) -> None:
    source = MavenRepository(f"{repository.url}/maven")
    assert list(source.versions(wanted())) == ["1.2-jre", "1.1", "1.0"]
    assert source.offers(wanted())
    assert not source.offers(wanted(name="cart"))
    with pytest.raises(ReleaseNotFoundError):
        source.versions(wanted(name="org.example:lost"))
    with pytest.raises(ReleaseRefusedError):
        source.versions(wanted(name="org..x:cart"))


def test_the_published_digest_and_the_size_are_all_that_is_fetched(repository: Site) -> None:
    repository.parts = True
    found = MavenRepository(f"{repository.url}/maven").read(wanted("1.1")).checked()
    assert (found.paths, found.sizes.tolist()) == (["usr/share/java/cart-1.1.jar"], [len(JAR)])
    assert found.hashes.tolist() == [published_content(hashlib.sha256(JAR).digest())]
    assert repository.ranges == ["bytes=0-0"]


@pytest.mark.parametrize("has_sha256", [True, False])
def test_else_the_jar_is_downloaded_and_compared(repository: Site, has_sha256: bool) -> None:
    if not has_sha256:
        repository.parts = True
        del repository.answers[f"{HOME}/1.1/cart-1.1.jar.sha256"]
    source = MavenRepository(f"{repository.url}/maven")
    found = source.read(wanted("1.1")).checked()
    assert found.hashes.tolist() == [xxh3_64_intdigest(JAR)]
    repository.answers[f"{HOME}/1.1/cart-1.1.jar"] = Answer(b"another")
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        source.read(wanted("1.1"))
    del repository.answers[f"{HOME}/1.1/cart-1.1.jar.sha1"]
    assert source.read(wanted("1.1")).hashes.tolist() == [xxh3_64_intdigest(b"another")]


def test_what_is_not_there_or_no_version_is_told(repository: Site) -> None:
    source = pack_source("maven", address=f"{repository.url}/maven")
    with pytest.raises(ReleaseNotFoundError):
        source.read(wanted("1.0"))
    with pytest.raises(ReleaseRefusedError):
        source.read(wanted("../1.1"))
    for text in (b"<a>", b"<!DOCTYPE a><metadata/>"):
        repository.answers[f"{HOME}/maven-metadata.xml"] = Answer(text)
        with pytest.raises(ReleaseError, match="nonsense"):
            source.versions(wanted())
