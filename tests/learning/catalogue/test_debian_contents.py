"""Debian's Contents indexes: recognised by content, read whole, compressed or not."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import numpy as np
import pytest
import zstandard

from praxi_tasks.learning.catalogue.debian_archive import read_archive
from praxi_tasks.learning.catalogue.debian_contents import is_contents, read_packages
from tests.learning.catalogue.contents_index import INDEX


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "Contents-amd64"
    path.write_bytes(INDEX)
    return path


@pytest.mark.parametrize(
    "pack", [bytes, gzip.compress, lzma.compress, zstandard.ZstdCompressor().compress, lz4.frame.compress]
)
def test_every_compression_is_read(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "whatever"
    path.write_bytes(pack(INDEX))
    assert is_contents(path)
    expected = ["deb/dash", "deb/liba", "deb/libb", "deb/spaced", "deb/tree", "deb/treelink"]
    packages = read_archive([path], (), np.random.default_rng(0), 0.0).catalogue.packages
    assert packages == expected


@pytest.mark.parametrize(
    "text", [b"", b'{"name": "a", "version": "1", "files": []}\n', b"one word\nper line not\n"]
)
def test_other_files_are_not_contents(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(text)
    assert not is_contents(path)


def test_packages_are_read_back(index: Path) -> None:
    (tree,) = read_packages([index], {"tree"})
    assert tree.paths == [
        "usr/bin/tree", "usr/share/doc/tree/copyright", "usr/share/man/man1/tree.1.gz", "usr/lib/tree/one"
    ]  # fmt: skip
    assert {release.name for release in read_packages([index], {"liba", "libb"})} == {"liba", "libb"}
