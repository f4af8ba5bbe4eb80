"""Releases that a model carries: stored once by whoever trains on top of it, and never without a check."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import CorruptObjectError, ReleaseRefusedError
from praxi_tasks.learning.data import bundled_releases
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.store import Store, open_store
from tests.support import world

RELEASES = world.releases()[:9]


@pytest.fixture
def uri(tmp_path: Path) -> str:
    where = (tmp_path / "model").as_uri()
    bundled_releases.write_bundled(where, RELEASES)
    return where


def identities(store: Store) -> set[tuple[str, str, str]]:
    return {release.identity for release in ReleaseStore(store).everything()}


def test_what_a_model_carries_is_stored_once(store: Store, uri: str) -> None:
    assert bundled_releases.import_bundled(store, uri) == len(RELEASES)
    assert identities(store) == {(one.ecosystem, one.name, one.version) for one in RELEASES}
    assert bundled_releases.import_bundled(store, uri) == 0


def test_a_model_may_carry_nothing(store: Store, tmp_path: Path) -> None:
    assert bundled_releases.import_bundled(store, (tmp_path / "none").as_uri()) == 0
    assert bundled_releases.read_bundled((tmp_path / "none").as_uri()) == []


def test_the_next_model_carries_what_its_base_does(tmp_path: Path, uri: str) -> None:
    grown = (tmp_path / "grown").as_uri()
    bundled_releases.write_bundled(grown, world.releases()[6:12], uri)
    names = {release.identity[1:] for release in bundled_releases.read_bundled(grown)}
    assert names == {(one.name, one.version) for one in world.releases()[:12]}


@pytest.mark.parametrize("data", [b"", b"\xc1", b"no releases", msgspec.msgpack.encode([[b"torn"]])])
def test_damage_is_told(store: Store, uri: str, data: bytes) -> None:
    open_store(uri).replace(bundled_releases.KEY, data)
    with pytest.raises(CorruptObjectError):
        bundled_releases.import_bundled(store, uri)
    assert identities(store) == set()


def test_an_absurd_release_is_not_carried(tmp_path: Path) -> None:
    absurd = make_release(ReleaseLine("x", "1", [ReleaseFile("../../etc/passwd", 1, "1")]))
    with pytest.raises(ReleaseRefusedError, match="passwd"):
        bundled_releases.write_bundled((tmp_path / "model").as_uri(), [absurd])


@pytest.mark.parametrize(
    ("paths", "reason"),
    [
        (["a" * 1100], "raise PRAXI_RELEASE_MAX_PATH_LENGTH"),
        (["a" * 500, "b" * 600], "raise PRAXI_RELEASE_MAX_PATH_BYTES"),
        (["a/" * 70 + "x"], "all its files lie in more than 64 folders"),
        (["a", "b", "c"], "raise PRAXI_RELEASE_MAX_FILES"),
    ],
)
def test_a_release_beyond_the_limits_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, paths: list[str], reason: str
) -> None:
    monkeypatch.setenv("PRAXI_RELEASE_MAX_FILES", "2")
    monkeypatch.setenv("PRAXI_RELEASE_MAX_PATH_BYTES", "1090")
    release = make_release(ReleaseLine("x", "1", [ReleaseFile(path, 1, "1") for path in paths]))
    with pytest.raises(ReleaseRefusedError, match=reason):
        bundled_releases.write_bundled((tmp_path / "model").as_uri(), [release])


def test_a_release_is_carried_without_files_that_lie_too_deep(tmp_path: Path) -> None:
    deep = "x/" + "tests/" * 80 + "data.txt"
    release = make_release(ReleaseLine("x", "1", [ReleaseFile(path, 1, "1") for path in (deep, "x/a.py")]))
    bundled_releases.write_bundled(tmp_path.as_uri(), [release])
    (carried,) = bundled_releases.read_bundled(tmp_path.as_uri())
    assert [path.rpartition("/")[2] for path in carried.paths] == ["a.py"]


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 20))
def test_of_two_kinds_both_are_chosen(first: int, second: int, most: int) -> None:
    chosen = bundled_releases.choose(range(first), range(100, 100 + second), np.random.default_rng(1), most)
    assert len(chosen) == len(set(chosen)) == min(first + second, most)
    assert sum(one < 100 for one in chosen) >= min(first, most // 2)
    assert sum(one >= 100 for one in chosen) >= min(second, most // 2)
