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

from praxi_tasks.oci.layer import FileContent, Inspection, LayerLimits, inspection
from praxi_tasks.oci.layer.inspection import Copy
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
    found = Inspection((MAGIC, b"PK"), digest, lambda head: b"skip" not in head)
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
    monkeypatch.setattr(inspection, "Copy", lambda size, spool=None: Copy(size, spool and Full()))  # type: ignore[arg-type]
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
