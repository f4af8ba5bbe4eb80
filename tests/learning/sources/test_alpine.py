"""A release of Alpine's, as its mirrors serve it."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterator, Mapping

import pytest

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError, UsageError
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import SuiteIndex, pack_source
from tests.support.site import Answer, Site, site

FOLDER = "/alpine/v3.22/{}/x86_64"


def segment(files: Mapping[str, bytes], *, ends: bool) -> bytes:
    """Return a gzip stream of a tar, without its end if another follows, as abuild makes them."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        end = archive.offset
    return gzip.compress(data.getvalue() if ends else data.getvalue()[:end])


def apk(files: Mapping[str, bytes], *, signed: bool = True) -> tuple[bytes, str]:
    """Return a package, and the checksum by which an index lists it."""
    data = segment(files, ends=True)
    info = f"pkgname = x\ndatahash = {hashlib.sha256(data).hexdigest()}\n".encode()
    control = segment({".PKGINFO": info, ".post-install": b"#!/bin/sh"}, ends=False)
    signature = segment({".SIGN.RSA.key": b"s"}, ends=False) if signed else b""
    checksum = base64.b64encode(hashlib.sha1(control, usedforsecurity=False).digest()).decode()
    return signature + control + data, f"C:Q1{checksum}"


def index(*stanzas: str) -> bytes:
    text = "\n\n".join(stanzas) + "\n"
    return segment({".SIGN.RSA.key": b"s"}, ends=False) + segment({"APKINDEX": text.encode()}, ends=True)


def wanted(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:apk/{name}", "apk", name, version)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with site() as server:
        main, community = (FOLDER.format(name) for name in ("main", "community"))
        package, checksum = apk({"usr/bin/jq": b"program" * 99})
        stanzas = (
            f"{checksum}\nP:jq\nV:1.8.0-r0\nD:oniguruma so:libc.musl-x86_64.so.1",
            "P:oniguruma\nV:6.9.10-r0",
            "V:x",
        )
        server.answers[f"{main}/APKINDEX.tar.gz"] = Answer(index(*stanzas))
        server.answers[f"{community}/APKINDEX.tar.gz"] = Answer(index("P:jq-doc\nV:1.8.0-r0\nD:jq=1.8.0-r0"))
        server.answers[f"{main}/jq-1.8.0-r0.apk"] = Answer(package)
        monkeypatch.setenv("PRAXI_LEARN_INDEXES", f"alpine={server.url}/alpine")
        yield server


def test_a_release_is_listed_and_a_package_read(mirror: Site) -> None:
    source = pack_source("alpine", "v3.22")
    assert isinstance(source, SuiteIndex)
    assert list(source.packages()) == ["jq", "oniguruma", "jq-doc"]
    assert list(source.versions(wanted("jq"))) == ["1.8.0-r0"]
    assert list(source.versions(wanted("lost"))) == []
    found = source.read(wanted("jq", "1.8.0-r0")).checked()
    assert (found.paths, found.sizes.tolist()) == (["usr/bin/jq"], [7 * 99])
    assert found.hashes[0] != 0
    with pytest.raises(ReleaseNotFoundError, match="has it not"):
        source.read(wanted("jq", "1.7"))


@pytest.mark.parametrize("signed", [True, False])
def test_a_package_is_compared_with_what_the_index_lists(mirror: Site, signed: bool) -> None:
    package, checksum = apk({"usr/bin/jq": b"program" * 99}, signed=signed)
    main = FOLDER.format("main")
    mirror.answers[f"{main}/APKINDEX.tar.gz"] = Answer(index(f"P:jq\nV:1.8.0-r0\n{checksum}"))
    mirror.answers[f"{main}/jq-1.8.0-r0.apk"] = Answer(package)
    release = wanted("jq", "1.8.0-r0")
    assert pack_source("alpine", "v3.22").read(release).checked().paths == ["usr/bin/jq"]
    other, _ = apk({"usr/bin/jq": b"another" * 99}, signed=signed)
    for data in (other, b"no package", package[:40]):
        mirror.answers[f"{main}/jq-1.8.0-r0.apk"] = Answer(data)
        with pytest.raises(ReleaseRefusedError, match="not the one"):
            pack_source("alpine", "v3.22").read(release)
    foreign = segment({"usr/bin/jq": b"foreign" * 99}, ends=True)
    own = segment({"usr/bin/jq": b"program" * 99}, ends=True)
    mirror.answers[f"{main}/jq-1.8.0-r0.apk"] = Answer(package.removesuffix(own) + foreign)
    with pytest.raises(ReleaseRefusedError, match="not what the package says"):
        pack_source("alpine", "v3.22").read(release)


def test_what_is_no_index_is_told(mirror: Site) -> None:
    mirror.answers[f"{FOLDER.format('main')}/APKINDEX.tar.gz"] = Answer(b"nonsense")
    with pytest.raises(ReleaseError, match="can't be read"):
        pack_source("alpine", "v3.22").versions(wanted("jq"))


@pytest.mark.parametrize(
    ("value", "suite", "message"),
    [
        ("", "v3.22", "no address"),
        ("alpine", "v3.22", "name=address"),
        ("alpine=https://a.example", "", "suite"),
    ],
)
def test_settings_that_are_missing_or_wrong_are_told(
    monkeypatch: pytest.MonkeyPatch, value: str, suite: str, message: str
) -> None:
    monkeypatch.setenv("PRAXI_LEARN_INDEXES", value)
    with pytest.raises(UsageError, match=message):
        pack_source("alpine", suite)
