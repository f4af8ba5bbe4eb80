from __future__ import annotations

import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.cli.feeds import feeds as command
from praxi_tasks.errors import DataError
from praxi_tasks.findings.feeds import distribution_packages
from praxi_tasks.findings.feeds.distribution_packages import (
    PACKAGES,
    DistributionPackages,
    Offer,
    read_packages,
    source_versions,
)
from praxi_tasks.findings.feeds.folder import FolderFeeds, StoreFeeds, release_file
from praxi_tasks.store import open_store
from tests.findings.osv import archive, record

MAIN = b"""Package: libssl3
Source: openssl
Version: 3.0.11-1
Description: Secure Sockets Layer toolkit
 Version: not a field

Package: bash
Version: 5.2.15-2+b2
Source: bash (5.2.15-2)

Package: g++
Source: gcc-defaults (1.203)
Version: 4:12.2.0-3

"""
SECURITY = b"Package: libssl3\nSource: openssl\nVersion: 3.0.11-1~deb12u2\n\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "packages/debian-12").mkdir(parents=True)
    (tmp_path / "packages/debian-12/main.xz").write_bytes(lzma.compress(MAIN))
    (tmp_path / "packages/debian-12/security").write_bytes(SECURITY)
    return tmp_path


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, lz4.frame.compress])
def test_an_index_is_read_however_it_is_packed(pack: Callable[[bytes], bytes]) -> None:
    assert read_packages(pack(MAIN), "x") == [
        Offer("libssl3", "3.0.11-1", "openssl", "3.0.11-1"),
        Offer("bash", "5.2.15-2+b2", "bash", "5.2.15-2"),
        Offer("g++", "4:12.2.0-3", "gcc-defaults", "1.203"),
    ]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, lz4.frame.compress])
@given(data=st.data())
def test_a_truncated_index_is_an_error(pack: Callable[[bytes], bytes], data: st.DataObject) -> None:
    whole = pack(MAIN)
    with pytest.raises(DataError):
        read_packages(whole[: data.draw(st.integers(0, len(whole) - 1))], "x")


def alpine(*members: tuple[str, bytes]) -> bytes:
    """Make an index as Alpine does: the signature and the index are archives that follow each other."""
    whole = b""
    for name, content in members:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
            end = archive.offset
        whole += gzip.compress(buffer.getvalue()[:end])
    return whole


APKINDEX = b"C:Q1x=\nP:libssl3\nV:3.3.2-r1\no:openssl\n\nP:musl\nV:1.2.5-r0\no:musl\n\n"


def test_alpines_index_is_read() -> None:
    whole = alpine((".SIGN.RSA.x.rsa.pub", b"\0" * 256), ("DESCRIPTION", b"v3.20"), ("APKINDEX", APKINDEX))
    assert read_packages(whole, "x") == [
        Offer("libssl3", "3.3.2-r1", "openssl", "3.3.2-r1"),
        Offer("musl", "1.2.5-r0", "musl", "1.2.5-r0"),
    ]
    for broken in (whole[:-30], alpine(("DESCRIPTION", b"v3.20")), alpine(("APKINDEX", b""))):
        with pytest.raises(DataError):
            read_packages(broken, "x")


@pytest.mark.parametrize("wrong", [b"", b"<html>proxy</html>\n", MAIN[:-20], b"Package: \xff\nVersion: 1\n"])
def test_what_is_no_index_is_an_error(wrong: bytes) -> None:
    with pytest.raises(DataError):
        read_packages(wrong, "x")


def test_an_index_that_inflates_without_end_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution_packages, "_LARGEST", 1 << 20)
    with pytest.raises(DataError, match="inflates beyond 1 MiB"):
        read_packages(gzip.compress(MAIN * 10_000), "x")


def test_a_release_has_several_indexes(folder: Path) -> None:
    packages = DistributionPackages(FolderFeeds(folder))
    assert [offer.version for offer in packages.of("debian-12")["libssl3"]] == [
        "3.0.11-1",
        "3.0.11-1~deb12u2",
    ]
    assert not packages.of("debian-13")
    assert not packages.problems


def test_a_broken_index_is_a_problem_and_the_others_count(folder: Path) -> None:
    (folder / "packages/debian-12/main.xz").write_bytes(lzma.compress(MAIN)[:50])
    packages = DistributionPackages(FolderFeeds(folder))
    assert [*packages.of("debian-12")] == ["libssl3"]
    assert [problem.name for problem in packages.problems] == ["packages/debian-12/main.xz"]


@pytest.mark.parametrize(
    ("name", "versions", "sources"),
    [
        ("bash", ("5.2.15-2+b2",), ("5.2.15-2",)),
        ("bash", ("5.2.15-1+b1",), ("5.2.15-1",)),
        ("bash", ("5.2.15-1+b1", "5.2.15-1"), ("5.2.15-1",)),
        ("libssl3", ("3.0.9-1", "3.0.11-1"), ("3.0.9-1", "3.0.11-1")),
        ("g++", ("4:12.2.0-3",), ("1.203",)),
        ("g++", ("4:10.2.1-1",), ()),
        ("g++", (), ()),
    ],
)
def test_sources_have_versions_of_their_own(
    name: str, versions: tuple[str, ...], sources: tuple[str, ...]
) -> None:
    offers = tuple(offer for offer in read_packages(MAIN, "x") if offer.name == name)
    assert source_versions(offers, versions) == sources


def test_the_command_mirrors_them_and_notes_what_is_new(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "up/PyPI").mkdir(parents=True)
    (tmp_path / "up/PyPI/all.zip").write_bytes(archive(record("P-1", "a", {"introduced": "0"})))
    store = open_store(str(tmp_path / "store"))
    urls = [folder / "packages/debian-12" / name for name in ("main.xz", "security")]
    arguments = ["--store", store.uri, "--osv", str(tmp_path / "up"), "--ecosystem", "PyPI"]
    arguments += [part for url in urls for part in ("--packages", f"debian-12={url.as_uri()}")]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    mirrored = open_store(f"{store.uri}/feeds")
    assert DistributionPackages(StoreFeeds(mirrored)).of("debian-12")["g++"][0].source == "gcc-defaults"
    assert b'"5.2.15-2+b2":""' in mirrored.get("releases/debian-12.json")
    urls[0].write_bytes(b"<html>")
    assert CliRunner().invoke(command, arguments).exit_code != 0
    assert "g++" in DistributionPackages(StoreFeeds(mirrored)).of("debian-12")


def test_names_in_the_folder_come_from_urls() -> None:
    url = "https://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz"
    assert (
        release_file(PACKAGES, "debian-12", url)
        == "packages/debian-12/bookworm_main_binary-amd64_Packages.xz"
    )
    assert release_file(PACKAGES, "debian-12", "file:///a b/x.gz?y") == "packages/debian-12/a-b_x.gz"
