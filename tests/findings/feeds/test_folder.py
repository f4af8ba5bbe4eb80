from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import CorruptObjectError, UsageError
from praxi_tasks.findings.advisories.index_cache import load_index
from praxi_tasks.findings.feeds.folder import FolderFeeds, StoreFeeds, archives, open_feeds, read_state
from praxi_tasks.store import open_store
from tests.findings.osv import record, write_feeds

RANGE = ({"introduced": "0"}, {"fixed": "2.0"})


def test_a_folder_is_opened_by_path_and_by_uri(tmp_path: Path) -> None:
    write_feeds(tmp_path, **{"Rocky Linux": [], "PyPI": [record("P-1", "a", *RANGE)]})
    for uri in (str(tmp_path), tmp_path.as_uri()):
        assert set(archives(open_feeds(uri).names())) == {"PyPI", "Rocky Linux"}


def test_what_is_no_folder_is_a_usage_error(tmp_path: Path) -> None:
    for uri in ("", str(tmp_path / "none"), "ftp://example.org/feeds"):
        with pytest.raises(UsageError):
            open_feeds(uri)


def test_a_store_holds_ecosystems_with_spaces(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    store.put("osv/Rocky_Linux/all.zip", b"PK")
    feeds = StoreFeeds(store)
    assert archives(feeds.names()) == {"Rocky Linux": "osv/Rocky Linux/all.zip"}
    assert feeds.read("osv/Rocky Linux/all.zip") == b"PK"
    assert feeds.read("osv/PyPI/all.zip") is None


def test_an_index_is_built_once_for_the_same_feeds(tmp_path: Path) -> None:
    feeds = FolderFeeds(write_feeds(tmp_path / "feeds", PyPI=[record("P-1", "a", *RANGE)]))
    cache = open_store(str(tmp_path / "store"))
    load_index(feeds, cache)
    (key,) = cache.list("feeds-index")
    before = cache.get(key)
    assert load_index(feeds, cache).find("pypi", "a", "1.0")
    assert cache.get(key) == before
    write_feeds(tmp_path / "feeds", PyPI=[record("P-2", "a", *RANGE)])
    assert load_index(feeds, cache).find("pypi", "a", "1.0")[0].advisory.id == "P-2"
    assert len(list(cache.list("feeds-index"))) == 2


def test_a_damaged_stored_index_is_built_again(tmp_path: Path) -> None:
    feeds = FolderFeeds(write_feeds(tmp_path / "feeds", PyPI=[record("P-1", "a", *RANGE)]))
    cache = open_store(str(tmp_path / "store"))
    load_index(feeds, cache)
    (key,) = cache.list("feeds-index")
    cache.replace(key, b"damaged")
    assert load_index(feeds, cache).find("pypi", "a", "1.0")


def test_a_damaged_note_of_the_mirror_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "feeds.json").write_text("[]")
    with pytest.raises(CorruptObjectError):
        read_state(FolderFeeds(tmp_path))
