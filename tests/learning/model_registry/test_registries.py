"""The versions of the model: registered once, promoted in one move, rolled back, wherever the registry is."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from praxi_tasks.errors import CorruptObjectError, ModelError
from praxi_tasks.learning.model_registry.base import CHALLENGER, CHAMPION, ModelRegistry
from praxi_tasks.learning.model_registry.mlflow import MlflowRegistry
from praxi_tasks.learning.model_registry.mlflow_server import ServerRegistry
from praxi_tasks.learning.model_registry.opening import light_registry, read_versions
from praxi_tasks.learning.model_registry.stored import StoredRegistry
from praxi_tasks.learning.model_registry.version import ModelVersion
from praxi_tasks.store import Store, keys, open_store

Versions = list[str]


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make MLflow's database once: it takes seconds."""
    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowRegistry(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["mlflow", "stored"])
def registry(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> ModelRegistry:
    if request.param == "mlflow":
        shutil.copy(empty_database, tmp_path / "mlflow.db")
        return MlflowRegistry(f"sqlite:///{tmp_path}/mlflow.db")
    return StoredRegistry(open_store(tmp_path.as_uri()))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path.as_uri())


def register(registry: ModelRegistry, names: str = "abc") -> Versions:
    return [
        registry.register(f"file:///models/{name}", name, {"praxi.origin": name}).version for name in names
    ]


def test_a_model_is_registered_once(registry: ModelRegistry) -> None:
    register(registry)
    again = registry.register("file:///models/b", "b", {}, "")
    assert (again.version, again.origin) == ("2", "b")
    assert [(one.version, one.origin, one.uri) for one in registry.versions()] == [
        (str(number), name, f"file:///models/{name}") for number, name in enumerate("abc", 1)
    ]


def test_a_champion_is_replaced_and_taken_back(registry: ModelRegistry) -> None:
    for number in register(registry):
        version = registry.get(number)
        registry.challenge(version)
        assert CHAMPION in registry.promote(version).aliases
        assert registry.get(CHAMPION).version == number == registry.get(CHALLENGER).version
    assert registry.roll_back().version == "2"
    assert registry.roll_back().version == "1"
    with pytest.raises(ModelError, match="replaced no other"):
        registry.roll_back()


def test_without_a_champion_there_is_nothing_to_take_back(registry: ModelRegistry) -> None:
    register(registry)
    with pytest.raises(ModelError, match="champion"):
        registry.roll_back()


def test_promoting_the_champion_changes_nothing(registry: ModelRegistry) -> None:
    register(registry)
    registry.promote(registry.get("1"))
    registry.promote(registry.get("3"))
    before = registry.versions()
    registry.promote(registry.get(CHAMPION))
    assert registry.versions() == before
    assert registry.get(CHAMPION).replaced == "1"


def test_an_unknown_version_is_told(registry: ModelRegistry) -> None:
    with pytest.raises(ModelError, match="'99'"):
        registry.get("99")


def test_who_approved_and_why_stays_with_a_version(registry: ModelRegistry) -> None:
    register(registry)
    registry.annotate(registry.get("2"), "ada", "x" * 5_000, "")
    tags = registry.get("2").tags
    assert (tags["praxi.approved_by"], tags["praxi.note"]) == ("ada", "x" * 4_000)
    assert "praxi.overruled" not in tags
    assert registry.get("1").tags.keys() == {"praxi.origin", "praxi.model"}


def test_a_deleted_version_is_gone_and_its_number_is_not_given_again(registry: ModelRegistry) -> None:
    register(registry)
    registry.delete(registry.get("3"))
    assert [one.version for one in registry.versions()] == ["1", "2"]
    again = registry.register("file:///models/c", "c", {})
    assert (again.version, again.uri) in {("4", "file:///models/c"), ("3", "file:///models/c")}
    assert registry.find("c") is None


def test_a_champion_that_was_deleted_is_remembered(registry: ModelRegistry) -> None:
    assert registry.why_missing(CHAMPION) == ""
    register(registry)
    registry.delete(registry.promote(registry.get("2")))
    assert registry.find(CHAMPION) is None
    assert "version 2" in registry.why_missing(CHAMPION)
    assert registry.why_missing(CHALLENGER) == ""


@pytest.mark.parametrize("move", ["promote", "challenge"])
def test_no_alias_moves_to_a_version_that_was_deleted(registry: ModelRegistry, move: str) -> None:
    register(registry)
    registry.promote(registry.get("1"))
    gone = registry.get("3")
    registry.delete(gone)
    with pytest.raises(ModelError, match="3"):
        getattr(registry, move)(gone)
    assert registry.get(CHAMPION).version == "1"
    assert registry.find(CHALLENGER) is None


def test_what_was_replaced_and_deleted_is_not_rolled_back_to(registry: ModelRegistry) -> None:
    register(registry)
    for number in "12":
        registry.promote(registry.get(number))
    registry.delete(registry.get("1"))
    with pytest.raises(ModelError, match="1"):
        registry.roll_back()
    assert registry.get(CHAMPION).version == "2"


class TestStored:
    """What the documents of a store promise: nothing is overwritten, and nobody's change is lost."""

    def test_two_openers_see_the_same(self, store: Store) -> None:
        one, other = StoredRegistry(store), StoredRegistry(store)
        register(one, "ab")
        other.promote(other.get("1"))
        assert one.get(CHAMPION).version == "1"
        one.promote(one.get("2"))
        assert other.get(CHAMPION).replaced == "1"
        assert other.uri == f"{store.uri}/registry"

    def test_a_change_that_came_in_between_is_not_lost(self, store: Store) -> None:
        register(StoredRegistry(store), "abc")
        between = _Interrupted(store, lambda: StoredRegistry(store).promote(StoredRegistry(store).get("2")))
        champion = StoredRegistry(between).promote(StoredRegistry(store).get("3"))
        assert (champion.version, champion.replaced) == ("3", "2")
        between = _Interrupted(store, lambda: StoredRegistry(store).challenge(StoredRegistry(store).get("1")))
        StoredRegistry(between).annotate(champion, "ada", "good", "")
        last = StoredRegistry(store)
        assert last.get(CHALLENGER).version == "1"
        assert last.get(CHAMPION).tags["praxi.note"] == "good"

    def test_who_registers_at_the_same_time_gets_another_number(self, store: Store) -> None:
        between = _Interrupted(store, lambda: register(StoredRegistry(store), "a"))
        assert register(StoredRegistry(between), "b") == ["2"]
        between = _Interrupted(store, lambda: register(StoredRegistry(store), "c"))
        assert register(StoredRegistry(between), "c") == ["3"]
        assert [one.model for one in StoredRegistry(store).versions()] == ["a", "b", "c"]

    def test_many_at_once_each_have_their_way(self, store: Store) -> None:
        def work(name: str) -> None:
            mine = StoredRegistry(store)
            version = mine.register(f"file:///models/{name}", name, {})
            mine.annotate(version, name, "", "")
            mine.promote(version)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcdefgh"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        versions = StoredRegistry(store).versions()
        assert sorted(one.model for one in versions) == list("abcdefgh")
        assert all(one.tags["praxi.approved_by"] == one.model for one in versions)
        # Each but the first replaced another: no promotion went by unseen.
        assert len({one.replaced for one in versions if one.replaced}) == 7

    def test_no_document_is_written_twice(self, store: Store) -> None:
        registry = StoredRegistry(store)
        register(registry, "ab")
        registry.promote(registry.get("1"))
        before = {key: store.get(key) for key in store.list(keys.REGISTRY)}
        registry.promote(registry.get("2"))
        registry.delete(registry.get("1"))
        assert {key: store.get(key) for key in before} == before

    def test_a_damaged_state_is_an_error_and_never_an_empty_registry(self, store: Store) -> None:
        registry = StoredRegistry(store)
        register(registry, "a")
        registry.promote(registry.get("1"))
        store.put(keys.registry_state(2), b"{")
        with pytest.raises(CorruptObjectError):
            registry.find(CHAMPION)


class _Interrupted:
    """A store in which somebody else does something just before the first write."""

    def __init__(self, store: Store, act: Callable[[], object]) -> None:
        self._store = store
        self._act: Callable[[], object] | None = act

    def put(self, key: str, data: bytes) -> bool:
        if act := self._act:
            self._act = None
            act()
        return self._store.put(key, data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_versions_are_read_without_mlflow_and_are_the_same(
    registry: ModelRegistry, tmp_path: Path, store: Store
) -> None:
    if isinstance(registry, MlflowRegistry):
        (tmp_path / "mlflow").mkdir()
        shutil.move(tmp_path / "mlflow.db", tmp_path / "mlflow" / "mlflow.db")
        registry = MlflowRegistry(f"sqlite:///{tmp_path}/mlflow/mlflow.db")

    def read() -> list[ModelVersion]:
        light = StoredRegistry(store) if isinstance(registry, StoredRegistry) else None
        return light.versions() if light else read_versions(store, "")

    assert read() == []
    register(registry)
    registry.annotate(registry.get("2"), "ann", "it is better", "")
    registry.promote(registry.get("1"))
    registry.promote(registry.get("2"))
    registry.delete(registry.get("3"))
    assert read() == registry.versions()
    (champion,) = [each for each in read() if CHAMPION in each.aliases]
    assert (champion.version, champion.replaced, bool(champion.promoted_at)) == ("2", "1", True)


def test_a_database_that_is_none_is_a_typed_error(tmp_path: Path, store: Store) -> None:
    assert read_versions(store, "") == []
    (tmp_path / "mlflow").mkdir()
    for content in (b"", b"no database", b"SQLite format 3\0" + b"x" * 5_000):
        (tmp_path / "mlflow" / "mlflow.db").write_bytes(content)
        with pytest.raises(ModelError, match="can't be read"):
            read_versions(store, "")


def test_only_a_file_of_mlflow_needs_mlflow_to_promote(tmp_path: Path) -> None:
    assert light_registry(open_store(tmp_path.as_uri()), "") is None
    assert isinstance(light_registry(open_store("s3://bucket/praxi"), ""), StoredRegistry)
    assert isinstance(light_registry(open_store(tmp_path.as_uri()), "http://mlflow.example"), ServerRegistry)
