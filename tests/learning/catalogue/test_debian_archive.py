"""The catalogue of an archive: who owns which path, and what of it is held out."""

from __future__ import annotations

import gzip
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest

from praxi_tasks.discovery import Catalogue
from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint import normalise
from praxi_tasks.learning.catalogue.debian_archive import read_archive
from tests.learning.catalogue.contents_index import INDEX


def catalogue_of(path: Path, without: Collection[str] = ()) -> Catalogue:
    """Return the catalogue of all packages of a Contents index but those left out."""
    return read_archive([path], without, np.random.default_rng(0), 0.0).catalogue


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "Contents-amd64"
    path.write_bytes(INDEX)
    return path


def test_who_owns_what(index: Path) -> None:
    catalogue = catalogue_of(index)
    owners = {
        path: {
            catalogue.packages[owner]
            for owner in catalogue.owners[catalogue.keys == np.uint64(normalise(path).key)].tolist()
        }
        for path in ("usr/bin/dash", "usr/lib/shared/lib.so", "etc/with space/file", "usr/share/doc/treelink")
    }
    assert owners == {
        "usr/bin/dash": {"deb/dash"},
        "usr/lib/shared/lib.so": {"deb/liba", "deb/libb"},
        "etc/with space/file": {"deb/spaced"},
        "usr/share/doc/treelink": {"deb/treelink"},
    }


def test_kinds_are_counted_apart(index: Path) -> None:
    catalogue = catalogue_of(index)
    tree = catalogue.packages.index("deb/tree")
    assert (catalogue.expected[tree], catalogue.extras[tree]) == (2, 2)


def test_left_out_packages_are_unknown(index: Path) -> None:
    catalogue = catalogue_of(index, {"tree"})
    assert "deb/tree" not in catalogue.packages
    assert np.uint64(normalise("usr/bin/tree").key) not in catalogue.keys


def test_held_packages_are_in_one_catalogue_only(index: Path) -> None:
    archive = read_archive([index], (), np.random.default_rng(0), 0.5)
    places = [archive.catalogue.packages.index(name) for name in archive.held]
    assert 0 < len(places) < len(archive.catalogue.packages)
    assert archive.reduced.packages == archive.catalogue.packages
    assert np.isin(places, archive.catalogue.owners).all()
    assert not np.isin(places, archive.reduced.owners).any()


def test_an_index_of_nothing_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "Contents"
    path.write_bytes(b"\n")
    with pytest.raises(DataError):
        catalogue_of(path)


def test_damaged_compression_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "Contents.gz"
    path.write_bytes(gzip.compress(INDEX * 100)[:-20])
    with pytest.raises(DataError):
        catalogue_of(path)
