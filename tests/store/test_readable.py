from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import KeyNotFoundError, UsageError
from praxi_tasks.store import ReadableRoots, open_store


def holds(roots: ReadableRoots, uri: str) -> bool:
    try:
        roots.require(uri, "list")
    except UsageError:
        return False
    return True


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("s3://bucket/praxi", True),
        ("s3://bucket/praxi/", True),
        ("s3://bucket/praxi/a/b.txt", True),
        ("s3://bucket/praxi2/a", False),
        ("s3://bucket/praxi/../other", False),
        ("s3://bucket/praxi/%2e%2e/other", False),
        ("s3://bucket/praxi/./a", False),
        ("s3://bucket/praxi//a", False),
        ("s3://bucket", False),
        ("s3://other/praxi/a", False),
        ("s3://key:secret@bucket/praxi/a", False),
        ("file:///srv/lists/a", True),
        ("file://localhost/srv/lists/a", True),
        ("/srv/lists/a", True),
        ("file:///srv/lists/a%20b", True),
        ("file:///srv/lists/%2e%2e/secret", False),
        ("file:///srv/lists/../secret", False),
        ("file:///srv/lists2/a", False),
        ("file://elsewhere/srv/lists/a", False),
        ("file:///srv/lists/a?/../../../etc/passwd", False),
        ("file:///srv/lists/a#x", False),
        ("file:///srv/lists/a\n", False),
        ("\x01file:///srv/lists/a", False),
        ("file:///srv/li\tsts/a", False),
        ("http://srv/lists/a", False),
        ("FILE:///proc/self/environ", False),
        ("file:///proc/self/environ", False),
        ("file://[", False),
        ("lists/a", False),
        ("", False),
    ],
)
def test_what_lies_below_a_root(uri: str, expected: bool) -> None:
    assert holds(ReadableRoots(["s3://bucket/praxi", "file:///srv/lists/"]), uri) is expected


def test_links_lead_out_of_no_root(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "alias").symlink_to(tmp_path / "root")
    roots = ReadableRoots([(tmp_path / "root").as_uri()])
    assert not holds(roots, (tmp_path / "root" / "link").as_uri())
    assert holds(roots, (tmp_path / "alias" / "a").as_uri())
    with pytest.raises(UsageError):
        roots.require_path(tmp_path / "root" / "link", "images")


@given(st.lists(st.sampled_from(["..", ".", "a", "root", "%2e%2e", "", "x/../.."]), max_size=8))
def test_no_way_of_writing_it_leaves_the_root(parts: list[str]) -> None:
    import os
    from urllib.parse import unquote, urlsplit

    uri = "file:///base/root/" + "/".join(parts)
    if holds(ReadableRoots(["file:///base/root"]), uri):
        reached = os.path.normpath(unquote(urlsplit(uri).path))
        assert (reached + "/").startswith("/base/root/")


def test_a_document_is_read_below_a_root_only(tmp_path: Path) -> None:
    open_store(str(tmp_path / "root")).put("a/list.txt", b"text")
    roots = ReadableRoots([str(tmp_path / "root")])
    assert roots.read((tmp_path / "root" / "a" / "list.txt").as_uri(), "list") == b"text"
    with pytest.raises(KeyNotFoundError):
        roots.read((tmp_path / "root" / "none.txt").as_uri(), "list")
    with pytest.raises(UsageError):
        roots.read((tmp_path / "list.txt").as_uri(), "list")


def test_a_command_is_confined_where_the_variable_is_set() -> None:
    variable = {"PRAXI_READABLE_ROOTS": "s3://bucket/a  file:///srv"}
    assert ReadableRoots.of_command({}) is None
    confined = ReadableRoots.of_command(variable)
    assert confined
    assert holds(confined, "s3://bucket/a/x")
    assert holds(confined, "/srv/x")
    run = ReadableRoots.of_run("file:///store", environment=variable)
    assert holds(run, "file:///store/x")
    assert holds(run, "s3://bucket/a/x")
    assert not holds(ReadableRoots.of_run("file:///store", environment={}), "s3://bucket/a/x")
