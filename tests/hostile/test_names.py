"""Names that leave their folder, have no UTF-8, or are too long."""

from __future__ import annotations

import tarfile

import pytest

from praxi_tasks.errors import LayerError, LimitExceededError
from praxi_tasks.fingerprint import Changeset
from tests.hostile.samples import renamed
from tests.support.layers import (
    archive,
    changeset,
    folder,
    link,
    member,
    read,
)


@pytest.mark.parametrize("name", ["../etc/passwd", "a/../../b", "/../b", ".."])
def test_names_that_leave_their_folder(name: str) -> None:
    for entry in (member(name), folder(name), link("x", name, tarfile.LNKTYPE)):
        with pytest.raises(LayerError, match="leaves the root"):
            changeset([entry])


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("/etc/passwd", "etc/passwd"),
        ("./a", "a"),
        ("a//b/./c", "a/b/c"),
        ("///x", "x"),
        ("..a", "..a"),
        ("a/../b", "b"),
        ("./a/b/../../c/./d", "c/d"),
        ("a/b/..", "a"),
        (".a", ".a"),
    ],
)
def test_odd_names_are_cleaned(name: str, path: str) -> None:
    assert list(changeset([member(name)]).paths) == [path]


@pytest.mark.parametrize("name", ["./", "/", ".", "a/.."])
def test_the_root_is_no_change(name: str) -> None:
    assert list(changeset([folder(name), member("a")]).paths) == ["a"]


def test_a_symbolic_link_may_point_anywhere() -> None:
    changes = changeset([link("a", "../../../etc/passwd")])
    assert dict(changes.links) == {0: "../../../etc/passwd"}


def test_a_nul_in_a_pax_name() -> None:
    with pytest.raises(LayerError, match="NUL"):
        read(renamed(b"a\0b"))


def test_a_name_that_is_no_utf8() -> None:
    for data in (archive([member("caf\udce9")]), renamed(b"caf\xe9")):
        assert list(Changeset.from_reading(read(data)).paths) == ["caf\udce9"]


@pytest.mark.parametrize("archive_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_name_of_5000_characters(archive_format: int) -> None:
    for entry in (member("d/" * 2500), link("a", "x" * 5000), member("w/.wh." + "x" * 5000)):
        with pytest.raises(LimitExceededError, match="PRAXI_LAYER_MAX_PATH_LENGTH"):
            changeset([entry], archive_format)
    assert len(changeset([member("x" * 4096)], archive_format).paths[0]) == 4096
