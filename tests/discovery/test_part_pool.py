"""Parts are hashed once and mapped afterwards, hashed again where they changed; the cache is bounded."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from praxi_tasks.discovery.bundle import Packed
from praxi_tasks.discovery.part_cache import PartCache
from praxi_tasks.discovery.part_pool import Part, PartPool
from praxi_tasks.errors import KeyNotFoundError, ModelError, StoreError
from praxi_tasks.store import open_store
from praxi_tasks.store.local import LocalStore


def packed(size: int = 1000) -> Packed:
    return Packed.of("catalogue", hashlib.sha256(str(size).encode()).digest() * size)


def test_a_part_is_checked_when_it_is_first_mapped_and_after_it_changed(tmp_path: Path) -> None:
    part, data = packed()
    (tmp_path / part.sha256).write_bytes(data)
    pool, checked = PartPool(tmp_path.as_uri()), []
    for _ in range(2):
        assert pool.map(part, lambda view: checked.append(len(view))) == data
    assert checked == [part.size]
    os.utime(tmp_path / part.sha256, (1, 1))
    pool.map(part, lambda view: checked.append(len(view)))
    assert len(checked) == 2
    (tmp_path / part.sha256).write_bytes(bytes(data)[:-1] + b"?")
    with pytest.raises(ModelError, match="altered"):
        pool.map(part)
    with pytest.raises(KeyNotFoundError):
        pool.map(packed(7).part)
    with pytest.raises(ModelError, match="impossible"):
        pool.map(Part("catalogue", "../" * 20 + "abcd", 5))


def test_what_was_read_to_be_checked_is_not_held(tmp_path: Path) -> None:
    part, data = packed(1 << 19)
    (tmp_path / part.sha256).write_bytes(data)
    held: list[int] = []

    def check(view: memoryview) -> None:
        assert bytes(view) == data
        held.append(mapped_bytes(part.sha256))

    view = PartPool(tmp_path.as_uri()).map(part, check)
    assert held[0] == part.size > 100 * mapped_bytes(part.sha256)
    assert view == data


def mapped_bytes(name: str) -> int:
    """Return how many bytes of mapped files of this name are in this process's memory."""
    held, is_named = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        word, _, rest = line.partition(" ")
        if not word.endswith(":"):
            is_named = line.endswith(name)
        elif is_named and word == "Rss:":
            held += int(rest.split()[0]) << 10
    return held


def test_what_comes_in_pieces_is_stored_whole_or_not_at_all(tmp_path: Path) -> None:
    part, data = packed()
    pool = PartPool((tmp_path / "pool").as_uri())
    with pytest.raises(ModelError, match="altered"):
        pool.receive(part, [bytes(data)[:10]], lambda _: None)
    assert list((tmp_path / "pool").iterdir()) == []
    pool.receive(part, [bytes(data)[:10], bytes(data)[10:]], lambda _: None)
    assert pool.read(part) == data


def test_the_cache_lets_go_of_what_was_used_least_recently(tmp_path: Path) -> None:
    store = open_store((tmp_path / "far").as_uri())
    parts = [packed(size) for size in (1001, 1002, 1003)]
    for part, data in parts:
        store.put(part.sha256, bytes(data))
    cache = PartCache(tmp_path / "near", limit=70_000)
    first, second, third = (part for part, _ in parts)
    for moment, part in enumerate((first, second, first)):
        assert cache.get(part.sha256, part.size, store).stat().st_size == part.size
        os.utime(tmp_path / "near" / f"{part.sha256}.used", (moment, moment))
    cache.get(third.sha256, third.size, store)
    there = {path.name for path in (tmp_path / "near").iterdir() if not path.suffix}
    assert there == {first.sha256, third.sha256}


def test_a_part_that_changed_in_the_cache_is_downloaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Far(LocalStore):
        def path(self, key: str) -> Path | None:
            return None

    monkeypatch.setenv("PRAXI_PART_CACHE", str(tmp_path / "near"))
    monkeypatch.setattr("praxi_tasks.discovery.part_pool.open_store", lambda _: Far(tmp_path / "far"))
    part, data = packed()
    pool = PartPool("file:///far")
    pool.put(part, data)
    assert pool.map(part) == data
    (tmp_path / "near" / part.sha256).write_bytes(bytes(data)[:-1] + b"?")
    assert pool.map(part) == data
    (tmp_path / "far" / part.sha256).write_bytes(b"?")
    (tmp_path / "near" / part.sha256).unlink()
    with pytest.raises(ModelError, match=r"altered .*far/.*; delete this part, then build, pull or copy"):
        pool.map(part)


def test_a_cache_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="PRAXI_PART_CACHE"):
        PartCache(tmp_path / "file").get("0" * 64, 1, open_store(tmp_path.as_uri()))
