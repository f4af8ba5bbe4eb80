from __future__ import annotations

from pathlib import Path

import pytest

from praxi_tasks.errors import DataError, FeedError
from praxi_tasks.findings.feeds.repositories import read_advisories
from tests.support.site import Answer, site

INDEX = '<repomd><data type="{kind}"><location href="{href}"/></data></repomd>'


def index(href: str, kind: str = "updateinfo") -> bytes:
    return INDEX.format(kind=kind, href=href).encode()


def write(folder: Path, **files: bytes) -> str:
    (folder / "os" / "repodata").mkdir(parents=True)
    for name, data in files.items():
        (folder / "os" / "repodata" / name.replace("__", ".")).write_bytes(data)
    return str(folder / "os" / "repodata" / "repomd.xml")


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "updateinfo.xml").write_bytes(b"x")
    assert read_advisories(str(tmp_path / "updateinfo.xml"), 1) == b"x"


def test_a_repositorys_index_names_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, repomd__xml=index("repodata/1-u.xml"), **{"1-u__xml": b"notices"})
    assert read_advisories(path, 1) == b"notices"
    assert read_advisories(Path(path).as_uri(), 1) == b"notices"


def test_a_list_of_mirrors_names_the_repository(tmp_path: Path) -> None:
    write(tmp_path, repomd__xml=index("repodata/u.xml"), u__xml=b"notices")
    (tmp_path / "mirror.list").write_text("# comment\nos/\n")
    assert read_advisories(str(tmp_path / "mirror.list"), 1) == b"notices"


@pytest.mark.parametrize("href", ["../../secret", "/etc/passwd", "file:///etc/passwd", ""])
def test_an_index_leads_nowhere_else_on_the_machine(tmp_path: Path, href: str) -> None:
    path = write(tmp_path, repomd__xml=index(href))
    with pytest.raises((DataError, FeedError)):
        read_advisories(path, 1)


@pytest.mark.parametrize("data", [index("x", kind="primary"), b"<html/>", b"", b"<repomd/>"])
def test_an_index_without_notices_is_said(tmp_path: Path, data: bytes) -> None:
    path = write(tmp_path, repomd__xml=data)
    with pytest.raises(DataError, match="repomd"):
        read_advisories(path, 1)


@pytest.mark.parametrize(
    ("href", "expected"),
    [("repodata/u.xml", b"notices"), ("file:///etc/passwd", None), ("https://10.0.0.1/u.xml", None)],
)
def test_a_site_leads_to_itself_and_never_to_files_or_inner_addresses(
    href: str, expected: bytes | None
) -> None:
    with site() as server:
        server.answers["/r/mirror.list"] = Answer(f"{server.url}/r/os/\n".encode())
        server.answers["/r/os/repodata/repomd.xml"] = Answer(index(href))
        server.answers["/r/os/repodata/u.xml"] = Answer(b"notices")
        url = f"{server.url}/r/mirror.list"
        if expected is not None:
            assert read_advisories(url, 5) == expected
        else:
            with pytest.raises((DataError, FeedError)):
                read_advisories(url, 5)
