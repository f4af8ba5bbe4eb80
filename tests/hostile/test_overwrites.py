"""Members that link to, replace or repeat each other."""

from __future__ import annotations

import tarfile

from praxi_tasks.fingerprint import Changeset
from tests.hostile.samples import SAMPLE
from tests.support.layers import (
    Entry,
    changeset,
    folder,
    link,
    member,
    read,
)


def test_hard_link_loops() -> None:
    loop = [link("a", "b", tarfile.LNKTYPE), link("b", "a", tarfile.LNKTYPE), link("c", "c", tarfile.LNKTYPE)]
    changes = changeset(loop)
    assert dict(changes.links) == {0: "b", 1: "a", 2: "c"}
    assert changes.sizes.tolist() == [0, 0, 0]


def test_symbolic_link_loops() -> None:
    changes = changeset([link("a", "b"), link("b", "a"), link("c", "c"), member("a/d", b"x")])
    assert list(changes.paths) == ["a", "b", "c", "a/d"]


def test_hard_links_show_what_stood_there_before_them() -> None:
    listed = [
        member("file", b"first"),
        link("to-first", "./file", tarfile.LNKTYPE),
        link("to-link", "/to-first", tarfile.LNKTYPE),
        member("file", b"second!"),
        link("to-second", "file", tarfile.LNKTYPE),
        link("below", "etc/elsewhere", tarfile.LNKTYPE),
        link("symbolic", "file"),
        link("to-symbolic", "symbolic", tarfile.LNKTYPE),
    ]
    changes = changeset(listed)
    sizes = dict(zip(changes.paths, changes.sizes.tolist(), strict=True))
    assert sizes == {
        "to-first": 5, "to-link": 5, "file": 7, "to-second": 7, "below": 0, "symbolic": 0, "to-symbolic": 0,
    }  # fmt: skip
    hashes = dict(zip(changes.paths, changes.hashes.tolist(), strict=True))
    assert hashes["to-first"] == hashes["to-link"] != hashes["to-second"] == hashes["file"]
    assert changes.links[list(changes.paths).index("to-first")] == "file"


def test_of_duplicates_the_last_counts() -> None:
    changes = changeset(
        [member("a", b"1"), member("b"), member("./a", b"22"), link("l", "x"), member("/a", b"333")]
    )
    assert list(changes.paths) == ["b", "l", "a"]
    assert changes.sizes.tolist() == [0, 0, 3]
    assert dict(changes.links) == {1: "x"}


def test_a_folder_that_becomes_a_file_takes_its_content_along() -> None:
    listed: list[Entry] = [
        folder("d"),
        member("d/a"),
        folder("d/s"),
        member("d/s/b"),
        member("dx"),
        member("d"),
    ]
    assert list(changeset(listed).paths) == ["dx", "d"]
    again = [*listed, folder("d"), member("d/new")]
    assert list(changeset(again).paths) == ["dx", "d", "d/new"]
    repeated = [folder("d"), member("d/a"), folder("d")]
    assert list(changeset(repeated).paths) == ["d/a", "d"]


def test_devices_and_fifos_have_no_content() -> None:
    listed = [member(name, type=kind, size=4096) for name, kind in (("c", b"3"), ("b", b"4"), ("p", b"6"))]
    header = b"".join(info.tobuf(tarfile.GNU_FORMAT) for info, _ in listed)
    changes = Changeset.from_reading(read(header + SAMPLE))
    assert list(changes.paths) == ["c", "b", "p", "a", "a/b", "a/l"]
    assert changes.sizes.tolist() == [0, 0, 0, 0, 5000, 0]
