"""The source that docs/new-index-source.md shows is complete: it is run here as it stands there."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from praxi_tasks.learning.data.release_store import ReleaseStore
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.learning.sources.collector import Collector
from praxi_tasks.store import open_store
from tests.conftest import ROOT
from tests.support.site import Answer, Site, site

PAGE = ROOT / "docs/new-index-source.md"
SHOP = parse_label("generic/shop@1.0")


@pytest.fixture(scope="module")
def make_source() -> Callable[[str], Source]:
    """Return the class that the page defines."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 1
    defined: dict[str, Callable[[str], Source]] = {}
    exec(compile(blocks[0], str(PAGE), "exec"), defined)  # noqa: S102 - the page is ours
    return defined["TarballIndex"]


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        yield running


def tarball(path: str) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        member = tarfile.TarInfo(path)
        member.size = 4
        archive.addfile(member, io.BytesIO(b"shop"))
    return data.getvalue()


def test_the_source_of_the_page_gives_releases(
    make_source: Callable[[str], Source], server: Site, tmp_path: Path
) -> None:
    server.answers = {
        "/shop/versions": Answer(b"2.0\n1.0\n", "text/plain"),
        "/shop/1.0.tar.gz": Answer(tarball("bin/shop")),
        "/shop/2.0.tar.gz": Answer(tarball("bin/../../shop")),
    }
    store = open_store(tmp_path.as_uri())
    source = make_source(server.url)
    assert source.versions(SHOP) == ["2.0", "1.0"]
    collector = Collector(store, [source], date(2026, 1, 5))
    assert collector.collect(SHOP).state == "stored"
    assert ReleaseStore(store).get(SHOP.identity).paths == ["opt/shop/bin/shop"]
    hostile, missing = (collector.collect(parse_label(f"generic/shop@{v}")) for v in ("2.0", "3.0"))
    assert (hostile.state, missing.state) == ("failed", "failed")
    assert "does not have it" in missing.reason


def test_the_page_names_files_that_are_there() -> None:
    named = re.findall(r"`((?:praxi_tasks|plugins|tests)/[\w/.]+\.py)`", PAGE.read_text("utf-8"))
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).is_file()] == []
