"""An index of gems, as the compact index and the format of gems are documented."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator

import pytest

from praxi_tasks.errors import LayerError, ReleaseError, ReleaseNotFoundError, ReleaseRefusedError, UsageError
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import pack_source
from praxi_tasks.learning.sources.rubygems import RubyGemsIndex
from tests.support.gems import gem, publish_gem
from tests.support.site import Answer, Site, site

FILES = {"lib/rack.rb": b"module Rack" * 99, "LICENSE": b"MIT" * 99}


def wanted(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:gem/{name}", "gem", name, version)


@pytest.fixture
def index() -> Iterator[Site]:
    with site() as server:
        publish_gem(server, "rack", "3.0.8", FILES)
        publish_gem(server, "rack", "3.1.0.rc1", FILES)
        publish_gem(server, "rack", "3.1.0", FILES | {"lib/new.rb": b"new" * 99})
        publish_gem(server, "nokogiri", "1.16", FILES)
        publish_gem(server, "nokogiri", "1.16", {"lib/nokogiri.so": b"\x7fELF" * 99}, "x86_64-linux")
        publish_gem(server, "nokogiri", "1.16", FILES, "java")
        publish_gem(server, "jrjackson", "1.0", FILES, "java")
        yield server


def test_versions_are_those_that_are_finished_the_latest_first(index: Site) -> None:
    source = RubyGemsIndex(index.url)
    assert list(source.versions(wanted("rack"))) == ["3.1.0", "3.0.8"]
    assert list(source.versions(wanted("nokogiri"))) == ["1.16"]
    with pytest.raises(ReleaseNotFoundError):
        source.versions(wanted("lost"))
    with pytest.raises(ReleaseRefusedError):
        source.versions(wanted("../versions"))


def test_a_gem_is_listed_below_gems_with_its_contents(index: Site) -> None:
    found = RubyGemsIndex(index.url).read(wanted("rack", "3.0.8")).checked()
    home = "usr/local/lib/gems/rack-3.0.8"
    assert found.paths == [f"{home}/LICENSE", f"{home}/lib/rack.rb"]
    assert found.measured.all()
    assert (found.hashes != 0).all()


def test_the_platform_that_images_have_is_read(index: Site) -> None:
    source = RubyGemsIndex(index.url)
    (path,) = source.read(wanted("nokogiri", "1.16")).checked().paths
    assert path == "usr/local/lib/gems/nokogiri-1.16-x86_64-linux/lib/nokogiri.so"
    for name, version in (("jrjackson", "1.0"), ("rack", "9")):
        with pytest.raises(ReleaseNotFoundError, match="has it not"):
            source.read(wanted(name, version))


def test_what_is_no_gem_or_another_is_refused(index: Site) -> None:
    source = RubyGemsIndex(index.url)
    index.answers["/gems/rack-3.0.8.gem"] = Answer(b"another")
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        source.read(wanted("rack", "3.0.8"))
    for data in (b"no gem", gem({})[:100], gem({}).replace(b"data.tar.gz", b"gone.tar.gz"), bytes(1 << 14)):
        index.answers["/gems/broken-1.gem"] = Answer(data)
        line = f"---\n1 |checksum:{hashlib.sha256(data).hexdigest()}\n"
        index.answers["/info/broken"] = Answer(line.encode())
        with pytest.raises(LayerError, match="no gem"):
            RubyGemsIndex(index.url).read(wanted("broken", "1"))


def test_a_hostile_path_in_a_gem_is_refused(index: Site) -> None:
    publish_gem(index, "evil", "1", {"../../../../etc/passwd": b"root"})
    with pytest.raises((LayerError, ReleaseRefusedError)):
        RubyGemsIndex(index.url).read(wanted("evil", "1")).checked()


def test_lines_that_say_nothing_are_passed_over(index: Site) -> None:
    text = "---\n\n1.0 |\n1.1 a:>= 1|checksum:00\nnonsense\n" + "1" * (1 << 17) + "\n"
    index.answers["/info/odd"] = Answer(gzip.compress(b"x") + text.encode())
    assert list(RubyGemsIndex(index.url).versions(wanted("odd"))) == []


def test_its_address_is_a_setting(index: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRAXI_LEARN_INDEXES", f"rubygems={index.url}")
    assert list(pack_source("rubygems").versions(wanted("rack"))) == ["3.1.0", "3.0.8"]
    monkeypatch.delenv("PRAXI_LEARN_INDEXES")
    with pytest.raises(UsageError, match="rubygems=https"):
        pack_source("rubygems")
    with pytest.raises(ReleaseError):
        pack_source("rubygems", address=f"{index.url}/none").versions(wanted("rack"))
