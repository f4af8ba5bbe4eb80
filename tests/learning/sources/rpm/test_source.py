"""A repository of packages that rpmbuild made: what is listed, fetched by Range, and refused."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest

from praxi_tasks.errors import ReleaseError, ReleaseNotFoundError, ReleaseRefusedError, UsageError
from praxi_tasks.fingerprint import published_content
from praxi_tasks.inventory import build_id_of_file
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources import IndexedSource, SuiteIndex, pack_source
from praxi_tasks.learning.sources.rpm.source import RpmSource
from praxi_tasks.oci.layer import FileContent
from tests.support.rpm_repository import PACKED, RpmRepository, build_rpm, header_range
from tests.support.site import Answer, Site, site

PROGRAM = Path("/bin/true").read_bytes()
FILES = {"usr/bin/tool": PROGRAM, "usr/share/tool/d\u00e9 ta": b"data" * 99}


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("rpms")
    newer = {**FILES, "usr/share/tool/new": b"new" * 99}
    return {
        "old": build_rpm(folder, "tool", "1.4-2.fc42", FILES, more="Requires: base-lib"),
        "new": build_rpm(folder, "tool", "1.5^git1-1.fc42", newer, more="Epoch: 2\nRequires: base-lib"),
        "base": build_rpm(
            folder, "base", "3-1", {"usr/lib64/libbase.so.3": b"base" * 99}, more="Provides: base-lib"
        ),
        "devel": build_rpm(
            folder, "a-devel", "3-1", {"usr/include/a.h": b"h" * 99}, more="Requires: base-lib"
        ),
    }


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        yield running


@pytest.fixture
def repository(server: Site, packages: dict[str, Path]) -> RpmRepository:
    made = RpmRepository(server, "/repo")
    for number, name in enumerate(packages, 1):
        made.publish(packages[name], built=number)
    return made


def wanted(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:rpm/{name}", "rpm", name, version)


def test_packages_are_listed_those_first_that_others_need(repository: RpmRepository) -> None:
    source = RpmSource([repository.url])
    assert isinstance(source, SuiteIndex)
    assert list(source.packages()) == ["base", "tool", "a-devel"]
    assert list(source.versions(wanted("tool"))) == ["2:1.5^git1-1.fc42", "1.4-2.fc42"]
    assert list(source.versions(wanted("lost"))) == []
    with pytest.raises(ReleaseNotFoundError, match="have it not"):
        source.read(wanted("tool", "9-1"))


def test_a_header_is_all_that_is_fetched(
    server: Site, repository: RpmRepository, packages: dict[str, Path]
) -> None:
    found = RpmSource([repository.url]).read(wanted("tool", "1.4-2.fc42")).checked()
    start, end = header_range(packages["old"].read_bytes())
    assert server.ranges == [f"bytes={start}-{end - 1}"]
    digests = [published_content(hashlib.sha256(data).digest()) for data in FILES.values()]
    rows = [found.paths.index(path) for path in FILES]
    assert found.sizes[rows].tolist() == [len(data) for data in FILES.values()]
    assert found.hashes[rows].tolist() == digests
    links = [path for path in found.paths if path not in FILES]
    assert all(path.startswith("usr/lib/.build-id/") for path in links)
    assert not found.measured[[found.paths.index(path) for path in links]].any()
    build = build_id_of_file("x", FileContent(PROGRAM, len(PROGRAM)))
    assert build
    assert found.build_ids.column(len(found.paths))[rows].tolist() == [build, 0]
    assert links


def test_a_server_without_parts_is_downloaded_from(
    server: Site, repository: RpmRepository, packages: dict[str, Path]
) -> None:
    source, release = RpmSource([repository.url]), wanted("tool", "2:1.5^git1-1.fc42")
    by_range = source.read(release)
    server.parts = False
    whole = source.read(release)
    assert (whole.paths, whole.content_id) == (by_range.paths, by_range.content_id)
    assert np.array_equal(whole.measured, by_range.measured)
    server.answers[f"/repo/Packages/{quote(packages['new'].name)}"] = Answer(b"another")
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        source.read(release)


def test_filelists_name_the_packages_of_paths(repository: RpmRepository, tmp_path: Path) -> None:
    import zstandard

    source = RpmSource([repository.url, f"{repository.url}/none"])
    assert isinstance(source, IndexedSource)
    (path,) = source.contents(tmp_path)
    with path.open("rb") as file:
        lines = zstandard.ZstdDecompressor().stream_reader(file).read().decode().splitlines()
    assert "usr/share/tool/d\u00e9 ta\trpm/tool" in lines
    assert "usr/lib64/libbase.so.3\trpm/base" in lines
    assert not any(".build-id" in line for line in lines)


@pytest.mark.parametrize("ending", PACKED)
def test_metadata_may_be_packed_in_any_of_three_ways(
    server: Site, packages: dict[str, Path], ending: str
) -> None:
    made = RpmRepository(server, "/repo", ending)
    made.publish(packages["base"])
    assert list(RpmSource([made.url]).packages()) == ["base"]


def test_a_header_of_another_package_or_none_is_refused(
    server: Site, repository: RpmRepository, packages: dict[str, Path]
) -> None:
    source = RpmSource([repository.url])
    place = f"/repo/Packages/{packages['old'].name}"
    data = server.answers[place].data
    server.answers[place] = Answer(data.replace(b"tool\0", b"evil\0"))
    with pytest.raises(ReleaseRefusedError, match="another package"):
        source.read(wanted("tool", "1.4-2.fc42"))
    server.answers[place] = Answer(bytes(len(data)))
    with pytest.raises(ReleaseError, match="no header"):
        source.read(wanted("tool", "1.4-2.fc42"))
    start, _ = header_range(data)
    server.answers[place] = Answer(data[: start + 16] + b"\xff" * 400 + data[start + 416 :])
    with pytest.raises(ReleaseError, match=r"damaged|another"):
        source.read(wanted("tool", "1.4-2.fc42"))


def test_damaged_metadata_is_told(server: Site, repository: RpmRepository) -> None:
    primary = [path for path in server.answers if "primary" in path][-1]
    good = server.answers[primary]
    server.answers[primary] = Answer(good.data[:-9])
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        RpmSource([repository.url]).packages()
    for data in (
        b"no gzip",
        good.data[:-9],
        gzip.compress(b"<!DOCTYPE a []><metadata/>"),
        gzip.compress(b"<x/>"),
    ):
        _list(server, data)
        with pytest.raises(ReleaseError, match=r"nonsense|can't be read"):
            RpmSource([repository.url]).packages()
    server.answers["/repo/repodata/repomd.xml"] = Answer(b"<repomd><data type='primary'/></repomd>")
    with pytest.raises(ReleaseNotFoundError, match="no primary"):
        RpmSource([repository.url]).packages()
    del server.answers["/repo/repodata/repomd.xml"]
    with pytest.raises(ReleaseNotFoundError):
        RpmSource([repository.url]).packages()


def _list(server: Site, primary: bytes) -> None:
    digest = hashlib.sha256(primary).hexdigest()
    text = f"<data type='primary'><checksum type='sha256'>{digest}</checksum><location href='p'/></data>"
    server.answers["/repo/p"] = Answer(primary)
    server.answers["/repo/repodata/repomd.xml"] = Answer(f"<repomd>{text}</repomd>".encode())


def test_suites_are_found_on_their_mirrors(
    server: Site, packages: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    RpmRepository(server, "/fedora/releases/42/Everything/x86_64/os").publish(packages["old"], built=1)
    RpmRepository(server, "/fedora/updates/42/Everything/x86_64").publish(packages["new"], built=2)
    RpmRepository(server, "/rocky/9/BaseOS/x86_64/os").publish(packages["base"])
    addresses = (
        f"fedora={server.url}/fedora rocky={server.url}/rocky rpm={server.url}/rocky/9/BaseOS/x86_64/os"
    )
    monkeypatch.setenv("PRAXI_LEARN_INDEXES", addresses)
    assert len(pack_source("fedora", "42").versions(wanted("tool"))) == 2
    for source in (pack_source("rocky", "9"), pack_source("rpm")):
        assert list(source.versions(wanted("base"))) == ["3-1"]
    with pytest.raises(UsageError, match="such as 42"):
        pack_source("fedora")
    with pytest.raises(ReleaseNotFoundError):
        pack_source("fedora", "41").versions(wanted("tool"))
