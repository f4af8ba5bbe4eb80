"""A layer's files have the checksums by which their publishers list them."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.fingerprint import Changeset
from praxi_tasks.oci.layer import MD5, SHA256
from praxi_tasks.oci.layer.checksums import NONE, kind_of
from tests.support.layers import changeset, member

HASHES = {MD5: hashlib.md5, SHA256: hashlib.sha256}
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
    for path, kind, value in zip(
        found.paths, found.checksum_kinds.tolist(), found.checksums.tolist(), strict=True
    ):
        content = files[path]
        expected = kind_of(path.encode()) if content else NONE
        assert kind == expected
        digest = HASHES[kind](content).digest() if kind else bytes(8)
        assert value == int.from_bytes(digest[:8], "big")


@pytest.mark.parametrize(
    ("path", "kind"), [*zip(PATHS, (MD5, SHA256, SHA256, MD5, NONE, SHA256), strict=True)]
)
def test_the_kind_is_the_publishers(path: str, kind: int) -> None:
    assert kind_of(path.encode()) == kind


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
