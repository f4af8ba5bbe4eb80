"""Looking into files: which, whole or spooled, within the limits, and what is forgotten again."""

from __future__ import annotations

import errno
import hashlib
import tarfile
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.oci.layer import FileContent, Inspection, LayerLimits, Part, copies, inspection
from praxi_tasks.oci.layer.copies import Copy
from tests.support.layers import COMPRESSIONS, Entry, archive, folder, link, member, read

MAGIC = b"\x7fELF"
BIG = MAGIC + hashlib.shake_128(b"big").digest(5 << 20)


def digest(_path: str, content: FileContent) -> str:
    found = hashlib.sha256()
    for start, window in content.windows(16):
        found.update(window if not start else window[16:])
    assert content.read(0, content.size + 9) == b"".join([content.open().read()])
    return found.hexdigest()


def inspected(entries: Iterable[Entry], **limits: int) -> Inspection[str]:
    found = Inspection((MAGIC, b"PK"), digest, lambda _path, head: None if b"skip" in head else Part())
    read(archive(entries), limits=LayerLimits(**limits), inspection=found)
    return found


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("in_memory", [1 << 30, 1 << 10])
def test_files_are_told_by_their_first_bytes(in_memory: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "_IN_MEMORY", in_memory)
    sparse = member("bin/pax", BIG, pax_headers={"comment": "x"})
    entries = [
        member("bin/small", MAGIC),
        member("bin/big", BIG),
        member("lib/a.zip", b"PK" + bytes(5_000)),
        sparse,
        member("etc/text", b"text"),
        member("lib/other.zip", b"PK skip"),
        member("empty"),
        folder("bin"),
        link("bin/link", "big"),
        link("bin/hard", "bin/big", tarfile.LNKTYPE),
    ]
    assert inspected(entries).results == {
        "bin/small": sha(MAGIC),
        "bin/big": sha(BIG),
        "bin/pax": sha(BIG),
        "lib/a.zip": sha(b"PK" + bytes(5_000)),
    }


def test_what_a_layer_does_not_leave_on_disk_is_forgotten() -> None:
    entries = [member("a", MAGIC), member("a", b"text"), member("b", MAGIC + b"1"), member("b", MAGIC + b"2")]
    assert inspected(entries).results == {"b": sha(MAGIC + b"2")}
    assert inspected([member("a", MAGIC * 9), member("a", b"x")], max_inspected_file_bytes=8).too_large == ()


def test_what_is_over_a_limit_is_told() -> None:
    entries = [member("a", MAGIC * 2), member("b", MAGIC * 3), member("c", MAGIC)]
    found = inspected(entries, max_inspected_file_bytes=8)
    assert (set(found.results), found.too_large) == ({"a", "c"}, ("b",))
    found = inspected(entries, max_inspected_bytes=12)
    assert (set(found.results), found.too_large) == ({"a", "c"}, ("b",))


def test_without_scratch_space_the_layer_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __getattr__(self, _name: str) -> Any:
            return lambda *_: 0

        def write(self, _part: memoryview) -> int:
            raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(inspection, "_IN_MEMORY", 100)
    monkeypatch.setattr(copies, "Copy", lambda size, spool=None: Copy(size, spool and Full()))  # type: ignore[arg-type]
    found = inspected([member("big", BIG), member("small", MAGIC)])
    assert (set(found.results), found.too_large) == ({"small"}, ("big",))


@given(st.binary(max_size=64), st.integers(-2, 70), st.integers(-2, 70))
def test_a_file_is_read_at_any_place(data: bytes, offset: int, length: int) -> None:
    content = FileContent(data, len(data))
    expected = data[offset : offset + max(length, 0)] if offset >= 0 else b""
    assert content.read(offset, length) == expected
    if offset >= 0:
        file = content.open()
        file.seek(offset)
        assert file.read(max(length, 0)) == expected


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_nothing_is_looked_into_unless_asked(compression: str) -> None:
    assert read(COMPRESSIONS[compression](archive([member("a", MAGIC)]))).retained == {}


def parts_of(data: bytes, part: Part, monkeypatch: pytest.MonkeyPatch) -> FileContent:
    """Return what is held of a large file, which is compared with it while it is there."""
    monkeypatch.setattr(inspection, "_IN_MEMORY", 1 << 10)
    seen: list[FileContent] = []

    def compare(_path: str, content: FileContent) -> None:
        seen.append(content)
        held = [content.read(place, 9) for place in range(0, len(data), 997)]
        whole = [data[place : place + 9] for place in range(0, len(data), 997)]
        assert all(one == other[: len(one)] for one, other in zip(held, whole, strict=True))
        assert (b"" in held) is not content.is_whole

    found = Inspection((), compare, lambda _path, _head: part, tails=(b"bin",))
    read(archive([member("a.bin", data), member("b.txt", data)]), inspection=found)
    assert not found.too_large
    return seen[0]


def test_of_a_large_file_its_beginning_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    content = parts_of(BIG, Part(whole=0, beginning=1 << 12), monkeypatch)
    assert (content.size, content.is_whole) == (len(BIG), False)
    assert parts_of(BIG[:2_000], Part(whole=0, beginning=1 << 12), monkeypatch).is_whole


def test_of_a_large_archive_members_and_the_end_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "_OF_A_MEMBER", 1 << 12)
    monkeypatch.setattr(copies, "_END", 1 << 12)
    header = b"PK\x03\x04" + bytes(22) + (9).to_bytes(2, "little") + bytes(2)
    place = 4 << 20  # of the second member, across the parts in which a layer is read
    data = BIG[: place - 7] + header + b"A/x.PKL\0\0" + b"content" + BIG[place:]
    data = data.replace(b"A/x.PKL\0\0", b"dir/x.PKL")
    part = Part(whole=0, beginning=1 << 12, members=(b".pkl",))
    reads: list[bytes] = []

    def look(_path: str, content: FileContent) -> None:
        reads.extend((content.read(place - 7, 46), content.read(len(data) - 5, 9), content.read(1 << 20, 9)))

    monkeypatch.setattr(inspection, "_IN_MEMORY", 1 << 10)
    read(
        archive([member("m.bin", data)]),
        inspection=Inspection((), look, lambda _path, _head: part, tails=(b"bin",)),
    )
    assert reads == [data[place - 7 : place + 39], data[-5:], b""]


def test_a_mark_further_on_tells_a_file() -> None:
    found = Inspection((), lambda _path, _content: None, mark=(5, (b"\0{",)))
    read(archive([member("a", b"12345\0{"), member("b", b"1234\0{"), member("c", b"")]), inspection=found)
    assert list(found.results) == ["a"]
