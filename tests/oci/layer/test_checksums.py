"""A layer's files have the checksums by which their publishers list them."""

from __future__ import annotations

import hashlib
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.fingerprint import Changeset
from praxi_tasks.oci.layer import MD5, SHA1, SHA256
from praxi_tasks.oci.layer.checksum_kinds import NONE, SOURCE, STATED, ChecksumKinds
from tests.support.layers import changeset, member

HASHES = {MD5: hashlib.md5, SHA1: hashlib.sha1, SHA256: hashlib.sha256}
PATHS = (
    "usr/bin/tool",
    "usr/local/bin/tool",
    "opt/venv/lib/python3.11/site-packages/flask/app.py",
    "usr/lib/python3/dist-packages/apt/cache.py",
    "usr/share/doc/tool/copyright",
    "tool",
)


def layer(files: dict[str, bytes]) -> Changeset:
    return changeset([member(path, content) for path, content in files.items()])


def checked(files: dict[str, bytes]) -> None:
    found = layer(files)
    kinds = ChecksumKinds()
    for path, kind, value in zip(
        found.paths, found.checksum_kinds.tolist(), found.checksums.tolist(), strict=True
    ):
        content = files[path]
        expected = kinds.of(path.encode()) if content else NONE
        assert kind == expected
        digest = HASHES[kind](content).digest() if kind else bytes(8)
        assert value == int.from_bytes(digest[:8], "big")


@pytest.mark.parametrize(
    ("path", "kind"), [*zip(PATHS, (MD5, SHA256, SHA256, MD5, NONE, SHA256), strict=True)]
)
def test_the_kind_is_the_publishers(path: str, kind: int) -> None:
    assert ChecksumKinds().of(path.encode()) == kind


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("etc/debian_version", MD5),
        ("etc/apk/world", SHA1),
        ("lib/apk/db/installed", SHA1),
        ("bin/busybox", SHA1),
        ("etc/redhat-release", SHA256),
        ("usr/lib64/libc.so.6", SHA256),
        ("etc/passwd", MD5),
    ],
)
def test_names_that_came_before_tell_the_distribution(before: str, kind: int) -> None:
    kinds = ChecksumKinds()
    kinds.of(before.encode())
    assert kinds.of(b"usr/bin/tool") == kind
    assert kinds.of(b"usr/lib/python3.11/site-packages/flask/app.py") == SHA256
    assert kinds.of(b"opt/conda/bin/python") == SHA256
    assert {kinds.of(b"usr/share/tool/x"), kinds.of(b"etc/tool.conf")} == {NONE}
    assert (kinds.of(b"usr/lib/x.pyc"), kinds.of(b"opt/__pycache__/__init__.cpython-311.pyc")) == (
        SOURCE,
        STATED,
    )


def test_alpines_programs_are_known_before_its_settings() -> None:
    assert ChecksumKinds().of(b"bin/busybox") == SHA1


def test_a_link_tells_the_distribution_too() -> None:
    link = tarfile.TarInfo("usr/lib/.build-id/ab/cd")
    link.type, link.linkname = tarfile.SYMTYPE, "../../../bin/tool"
    found = changeset([(link, b""), member("usr/sbin/tool", b"x")])
    assert found.checksum_kinds.tolist() == [NONE, SHA256]


@settings(max_examples=30, deadline=None)
@given(st.dictionaries(st.sampled_from(PATHS), st.binary(max_size=3000)))
def test_checksums_are_those_of_the_contents(files: dict[str, bytes]) -> None:
    checked(files)


def test_files_longer_than_a_chunk_and_many_small_ones() -> None:
    long = {"usr/bin/long": bytes(range(256)) * 12_000, "opt/long": b"x" * 2_500_000}
    checked(
        long | {f"usr/lib/small{number}": str(number).encode() for number in range(1_500)} | {"opt/z": b"z"}
    )


def test_they_are_stored() -> None:
    found = layer({"usr/bin/tool": b"program", "opt/x": b"y"})
    back = Changeset.from_bytes(found.to_bytes())
    assert back.checksums.tolist() == found.checksums.tolist()
    assert back.checksum_kinds.tolist() == [MD5, SHA256]
