"""Source distributions are found on an index, fetched and checked; nothing of them is run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from praxi_tasks.errors import ReleaseNotFoundError, ReleaseRefusedError, SourceOnlyError, UsageError
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.configured import configured_sources
from praxi_tasks.learning.sources.pypi.sdist import SdistSource
from praxi_tasks.store import Store
from tests.support.package_index import PackageIndex, package_index

SHOP = parse_label("shop==1.0")


@pytest.fixture
def index() -> Iterator[PackageIndex]:
    with package_index() as running:
        yield running


def test_it_says_what_has_to_be_built(index: PackageIndex) -> None:
    for file in (
        "shop-1.0.zip",
        "shop-1.0.tar.gz",
        "shop-2.0.tar.gz",
        "shop-3.0rc1.tar.gz",
        "shop-extra-1.0.zip",
    ):
        index.publish(file, file.encode())
    source = SdistSource(index.url)
    assert source.offers(SHOP)
    assert not source.offers(parse_label("npm/shop@1.0"))
    assert source.versions(SHOP) == ["2.0", "1.0"]
    with pytest.raises(SourceOnlyError, match=r"shop-1\.0\.tar\.gz"):
        source.read(SHOP)


def test_it_is_fetched_and_checked(index: PackageIndex, tmp_path: Path) -> None:
    index.publish("shop-1.0.tar.gz", b"source")
    assert SdistSource(index.url).fetch(SHOP, tmp_path).read_bytes() == b"source"
    index.publish("farm-1.0.tar.gz", b"source", digest="ab" * 32)
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        SdistSource(index.url).fetch(parse_label("farm==1.0"), tmp_path)


@pytest.mark.parametrize("label", ["shop==2.0", "shop==nonsense"])
def test_a_version_without_source_is_not_found(index: PackageIndex, label: str) -> None:
    index.publish("shop-1.0.tar.gz", b"source")
    index.publish("shop-2.0-py3-none-any.whl", b"wheel")
    with pytest.raises(ReleaseNotFoundError):
        SdistSource(index.url).read(parse_label(label))


def test_nothing_is_built_unless_a_setting_names_an_index(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PRAXI_LEARN_SOURCES", raising=False)
    assert "sdist" not in {source.name for source in configured_sources(store)}
    monkeypatch.setenv("PRAXI_LEARN_BUILD_INDEX", "https://index.example/simple")
    assert [source.name for source in configured_sources(store)][-1] == "sdist"


def test_an_index_that_needs_credentials_is_none_for_builds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_LEARN_SOURCES", "sdist")
    monkeypatch.setenv("PRAXI_LEARN_BUILD_INDEX", "https://me:hunter2@index.example/simple")
    with pytest.raises(UsageError, match="credentials") as caught:
        configured_sources(store)
    assert "hunter2" not in str(caught.value)
