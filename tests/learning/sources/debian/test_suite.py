"""A suite is what apt's lists say, of a repository of the tests' own; real apt reads them."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.errors import ReleaseNotFoundError, ReleaseRefusedError, UsageError
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import pack_source
from praxi_tasks.learning.sources.debian.suite import SuiteSource
from tests.support.site import Answer, Site, site
from tests.support.tools import need


def deb(folder: Path, name: str, version: str) -> bytes:
    root = folder / f"{name}-{version}"
    (root / "DEBIAN").mkdir(parents=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin" / name).write_text(f"{name} {version}")
    (root / "DEBIAN/control").write_text(
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: T <t@example.org>\n"
        "Description: t\n"
    )
    built = folder / f"{name}.deb"
    subprocess.run(["dpkg-deb", "--build", str(root), str(built)], check=True, capture_output=True)
    return built.read_bytes()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve two packages of the suite `test`, and let apt read its lists."""
    need("apt-get", "dpkg-deb")
    with site() as server:
        stanzas = []
        for name, version, more in (("bell", "1.0-1", "Depends: shop (>= 2)\n"), ("shop", "2:3.1", "")):
            data = deb(tmp_path, name, version)
            server.answers[f"/debian/pool/{name}.deb"] = Answer(data)
            stanzas.append(
                f"Package: {name}\nVersion: {version}\nArchitecture: all\nFilename: pool/{name}.deb\n"
                f"Size: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n{more}"
            )
        packages = "\n".join(stanzas).encode()
        listed = f" {hashlib.sha256(packages).hexdigest()} {len(packages)} main/binary-amd64/Packages\n"
        release = f"Suite: test\nCodename: testing\nComponents: main\nArchitectures: amd64\nSHA256:\n{listed}"
        server.answers["/debian/dists/test/main/binary-amd64/Packages"] = Answer(packages)
        server.answers["/debian/dists/test/Release"] = Answer(release.encode())
        root = tmp_path / "apt"
        for folder in ("state/lists/partial", "cache/archives/partial", "etc"):
            (root / folder).mkdir(parents=True)
        (root / "sources.list").write_text(f"deb [trusted=yes] {server.url}/debian test main\n")
        (root / "status").touch()
        (root / "apt.conf").write_text(
            f'Dir::State "{root}/state"; Dir::State::status "{root}/status"; Dir::Cache "{root}/cache";\n'
            f'Dir::Etc::sourcelist "{root}/sources.list"; Dir::Etc::sourceparts "-";\n'
            'APT::Architecture "amd64"; APT::Architectures { "amd64"; }; Acquire::Languages "none";\n'
            'APT::Sandbox::User "root"; Acquire::http::Proxy "DIRECT";\n'
        )
        monkeypatch.setenv("APT_CONFIG", str(root / "apt.conf"))
        subprocess.run(["apt-get", "update", "-qq"], check=True, capture_output=True, timeout=120)
        yield server


@pytest.fixture
def site_of_lists() -> Iterator[Site]:
    """Serve the lists of a suite and of its security fixes below the root of a host."""
    with site() as server:
        for suite, version in (("test", "1.0"), ("test-security", "1.1")):
            listed = lzma.compress(packages_of("bell", version, version.encode()))
            server.answers[f"/dists/{suite}/main/binary-amd64/Packages.xz"] = Answer(listed)
        yield server


def wanted(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:deb/{name}", "deb", name, version)


def packages_of(name: str, version: str, data: bytes) -> bytes:
    digest = hashlib.sha256(data).hexdigest()
    return f"Package: {name}\nVersion: {version}\nFilename: pool/x.deb\nSHA256: {digest}\n".encode()


def test_a_suite_is_what_apts_lists_say(
    repository: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SuiteSource("test")
    with pytest.raises(UsageError, match="no lists of the suite sid"):
        SuiteSource("sid").packages()
    assert list(source.packages()) == ["shop", "bell"]
    assert list(source.versions(wanted("shop"))) == ["2:3.1"]
    assert list(source.versions(wanted("lost"))) == []
    found = source.read(wanted("shop", "2:3.1")).checked()
    assert (found.paths, found.sizes.tolist()) == (["usr/bin/shop"], [len("shop 2:3.1")])
    assert found.hashes[0] != 0
    assert isinstance(pack_source("deb", "testing"), SuiteSource)
    assert list(SuiteSource("testing").packages()) == ["shop", "bell"]
    with pytest.raises(ReleaseNotFoundError, match="has it not"):
        source.read(wanted("shop", "9"))
    packed = lzma.compress(repository.answers["/debian/dists/test/main/binary-amd64/Packages"].data)
    repository.answers["/debian/dists/test/main/binary-amd64/Packages.xz"] = Answer(packed)
    monkeypatch.delenv("APT_CONFIG")
    monkeypatch.setenv("PRAXI_LEARN_DEBIAN_MIRROR", f"{repository.url}/debian/")
    of_mirror = pack_source("debian", "test")
    assert isinstance(of_mirror, SuiteSource)
    assert of_mirror.read(wanted("shop", "2:3.1")).checked().content_id == found.content_id
    contents = gzip.compress(b"usr/bin/shop  net/shop\nusr/bin/bell  net/bell\n")
    repository.answers["/debian/dists/test/main/Contents-all.gz"] = Answer(contents)
    assert [path.read_bytes() for path in of_mirror.contents(tmp_path)] == [contents]
    fixed = lzma.compress(packages_of("shop", "2:3.1+deb1", b"fixed"))
    repository.answers["/debian-security/dists/test-security/main/binary-amd64/Packages.xz"] = Answer(fixed)
    assert list(pack_source("debian", "test").versions(wanted("shop"))) == ["2:3.1+deb1", "2:3.1"]
    repository.answers["/debian/pool/bell.deb"] = Answer(b"another")
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        source.read(wanted("bell", "1.0-1"))
    of_mirror = pack_source("deb", "sid")
    with pytest.raises(ReleaseNotFoundError):
        of_mirror.versions(wanted("bell"))


@pytest.mark.parametrize(("ecosystem", "message"), [("deb", "no suite"), ("hex", "no pack of that")])
def test_what_no_pack_can_be_built_of_is_told(ecosystem: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        pack_source(ecosystem)


def test_a_mirror_may_be_a_host_without_a_path(site_of_lists: Site) -> None:
    """Its security fixes are in it: with `-security` its address would be another host's."""
    source = SuiteSource("test", site_of_lists.url)
    assert source.versions(wanted("bell")) == ["1.1", "1.0"]
    assert source.packages() == ["bell"]


def test_a_page_in_place_of_a_list_is_told(site_of_lists: Site) -> None:
    page = Answer(b"<html><body>\nlogin please\n</body></html>\n")
    site_of_lists.answers["/dists/test/main/binary-amd64/Packages.xz"] = page
    with pytest.raises(ReleaseRefusedError, match=r"test names no package .*check the mirror's address"):
        SuiteSource("test", site_of_lists.url).packages()
