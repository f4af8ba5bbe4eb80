"""Stored releases are found by package, by content and by chance, without reading those that don't matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.learning.data.release_store import ReleaseIndex, ReleaseStore
from praxi_tasks.learning.data.stored_release import StoredRelease
from praxi_tasks.learning.run.steps import TrainingRun
from praxi_tasks.store import Store, keys
from tests.learning.conftest import ask, put_package, stored_world, train
from tests.support import world
from tests.support.stored import InMemoryReleases


def release(name: str, version: str = "1.0", like: str = "") -> StoredRelease:
    made = world.release(like or name, version)
    return StoredRelease(
        "pypi", name, version, "test", made.paths, made.sizes, made.hashes, made.measured
    ).checked()


RELEASES = [
    release("ant"), release("ant", "2.0"), release("bee"), release("cat", like="bee"), release("@scope/bee"),
]  # fmt: skip


@pytest.fixture
def stored_releases(store: Store) -> ReleaseStore:
    stored_releases = ReleaseStore(store)
    for each in RELEASES:
        stored_releases.add(each)
    return stored_releases


@pytest.fixture(params=["store", "memory"])
def index(request: pytest.FixtureRequest, stored_releases: ReleaseStore) -> ReleaseIndex:
    return stored_releases if request.param == "store" else InMemoryReleases(RELEASES)


def names(found: Sequence[StoredRelease]) -> list[tuple[str, str]]:
    return [(each.name, each.version) for each in found]


def test_releases_of_one_package(index: ReleaseIndex) -> None:
    assert names(index.of_package("pypi", "ant")) == [("ant", "1.0"), ("ant", "2.0")]
    assert names(index.of_package("pypi", "@scope/bee")) == [("@scope/bee", "1.0")]
    assert index.of_package("npm", "ant") == []


def test_releases_that_install_the_same(index: ReleaseIndex) -> None:
    assert index.alike(release("dog", like="bee")) == [("pypi", "bee", "1.0"), ("pypi", "cat", "1.0")]
    assert index.alike(release("dog")) == []


def test_a_release_that_is_not_there(stored_releases: ReleaseStore) -> None:
    with pytest.raises(KeyNotFoundError):
        stored_releases.get(("pypi", "ant", "3.0"))


def test_a_sample_is_the_same_for_the_same_seed(stored_releases: ReleaseStore) -> None:
    assert names(stored_releases.sample(3, 7)) == names(stored_releases.sample(3, 7))
    assert len(stored_releases.sample(3, 7)) == 3
    assert sorted(names(stored_releases.sample(99, 7))) == sorted(names(RELEASES))
    assert names(stored_releases.sample(99, 7, lambda each: each.version == "2.0")) == [("ant", "2.0")]


class Counting:
    """A store that counts how many releases are read from it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read = 0

    def get(self, key: str) -> bytes:
        self.read += key.startswith(f"{keys.RELEASES}/")
        return self._store.get(key)

    def list(self, prefix: str) -> Iterator[str]:
        return self._store.list(prefix)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


@pytest.mark.usefixtures("starter")
def test_training_reads_what_is_new_and_nothing_else(store: Store) -> None:
    stored_world(store)
    ask(store, "audit", put_package(store, 1, "newlib"), put_package(store, 2, "otherlib"))
    train(store, "t1", until="train")
    counting = Counting(store)
    trained = TrainingRun(counting, "t1").train()  # type: ignore[arg-type]
    assert len(trained.learned) == 2
    assert counting.read == 2
