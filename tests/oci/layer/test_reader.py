"""A layer's reading, against what tarfile says about the same archive."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path

import numpy as np
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from praxi_tasks.fingerprint import Changeset
from praxi_tasks.oci.layer.chunks import CHUNK_SIZE
from tests.support.layers import (
    COMPRESSIONS,
    MEDIA_TYPE,
    Entry,
    archive,
    changeset,
    folder,
    link,
    member,
    read,
)

LETTERS = {
    tarfile.REGTYPE: "f",
    tarfile.AREGTYPE: "f",
    tarfile.GNUTYPE_SPARSE: "f",
    tarfile.DIRTYPE: "d",
    tarfile.SYMTYPE: "l",
    tarfile.LNKTYPE: "h",
    tarfile.CHRTYPE: "c",
    tarfile.BLKTYPE: "b",
    tarfile.FIFOTYPE: "p",
}
FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)

Row = tuple[str, str, int, int, int, int, str]


def expected(data: bytes) -> list[Row]:
    """List an archive with tarfile: path, type, size, mode, mtime, hash, link."""
    rows: dict[str, Row] = {}
    with tarfile.open(fileobj=io.BytesIO(data), encoding="utf-8", errors="surrogateescape") as tar:
        for info in tar:
            regular = info.isreg()
            content = tar.extractfile(info).read() if regular else b""  # type: ignore[union-attr]
            path = info.name.strip("/")
            rows.pop(path, None)
            rows[path] = (
                path,
                LETTERS[info.type],
                info.size if regular else 0,
                info.mode & 0o7777,
                int(info.mtime // 1),
                xxhash.xxh3_64_intdigest(content) if regular else 0,
                info.linkname if info.issym() or info.islnk() else "",
            )
    return list(rows.values())


def found(changes: Changeset) -> list[Row]:
    """List a changeset the same way."""
    columns = zip(
        changes.paths,
        map(chr, changes.types.tolist()),
        changes.sizes.tolist(),
        changes.modes.tolist(),
        changes.mtimes.tolist(),
        changes.hashes.tolist(),
        [changes.links.get(row, "") for row in range(len(changes))],
        strict=True,
    )
    return list(columns)


names = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=80).filter(
    lambda name: name not in {".", ".."} and ".wh." not in name
)
paths = st.lists(names, min_size=1, max_size=4).map("/".join).filter(lambda path: len(path.encode()) < 3000)
contents = st.one_of(
    st.binary(max_size=2000), st.integers(0, 3 * CHUNK_SIZE).map(lambda size: b"ab" * (size // 2))
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    listed = []
    for path in draw(st.lists(paths, unique=True, max_size=12)):
        kind = draw(st.sampled_from("fffdlcbp"))
        info, content = member(path, draw(contents) if kind == "f" else b"")
        info.type = next(known for known, letter in LETTERS.items() if letter == kind)
        info.mode = draw(st.integers(0, 0o7777))
        info.mtime = draw(st.integers(0, 2**33 - 1))
        info.linkname = draw(paths) if kind == "l" else ""
        listed.append((info, content))
    return listed


@pytest.mark.parametrize("archive_format", FORMATS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
@settings(max_examples=40, deadline=None)
@given(entries())
def test_reads_what_tarfile_wrote(archive_format: int, compression: str, listed: list[Entry]) -> None:
    try:
        data = archive(listed, archive_format)
    except ValueError:  # ustar has no room for long names
        return
    changes = Changeset.from_reading(
        read(COMPRESSIONS[compression](data), media_type=MEDIA_TYPE + compression)
    )
    assert found(changes) == expected(data)


@pytest.mark.parametrize("piece", [1, 511, 4096, 1 << 30])
def test_short_reads_change_nothing(piece: int) -> None:
    data = archive([folder("a"), member("a/b", b"content" * 100)])
    assert list(Changeset.from_reading(read(data, piece=piece)).paths) == ["a", "a/b"]


def test_large_numbers_and_old_times() -> None:
    listed = [member("new", mtime=2**40), member("old", mtime=-1000), member("odd", mode=0o104755)]
    assert changeset(listed).mtimes.tolist() == [2**40, -1000, 0]
    assert changeset(listed).modes.tolist()[2] == 0o4755


def test_fractions_of_a_second_round_down() -> None:
    listed = [member("a", mtime=1350244992.75), member("b", mtime=-1.5)]
    assert changeset(listed, tarfile.PAX_FORMAT).mtimes.tolist() == [1350244992, -2]


def test_global_records_hold_until_a_local_one() -> None:
    buffer = io.BytesIO()
    with tarfile.open(
        fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"mtime": "77"}
    ) as tar:
        tar.addfile(member("a", mtime=5)[0])
        info, _ = member("b", mtime=5)
        info.pax_headers = {"mtime": "99"}
        tar.addfile(info)
    changes = Changeset.from_reading(read(buffer.getvalue()))
    assert changes.mtimes.tolist() == [77, 99]


def test_old_archives_mark_folders_by_a_slash() -> None:
    data = bytearray(archive([member("folder/"), member("file", b"x")], tarfile.USTAR_FORMAT))
    for start in (0, 512):
        data[start + 156] = 0  # v7: no type, no magic
        data[start + 257 : start + 265] = bytes(8)
        data[start + 148 : start + 156] = b" " * 8
        data[start + 148 : start + 156] = b"%06o\0 " % sum(data[start : start + 512])
    changes = Changeset.from_reading(read(bytes(data)))
    assert list(zip(changes.paths, map(chr, changes.types), strict=True)) == [("folder", "d"), ("file", "f")]


def test_ends_without_zero_blocks() -> None:
    data = archive([member("a", b"x" * 600)]).rstrip(b"\0")
    data += bytes(-len(data) % 512)
    assert list(Changeset.from_reading(read(data)).paths) == ["a"]


@pytest.mark.needs("tar")
@pytest.mark.parametrize("version", ["gnu", "0.0", "0.1", "1.0"])
def test_sparse_files_are_hashed_unpacked(tmp_path: Path, version: str) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as sparse:
        for offset in range(0, 40 << 20, 4 << 20):
            sparse.seek(offset)
            sparse.write(b"data at %d" % offset)
        sparse.truncate(50 << 20)
    options = ["--format=gnu"] if version == "gnu" else ["--format=posix", f"--sparse-version={version}"]
    subprocess.run(
        ["tar", "--sparse", *options, "-C", tmp_path, "-cf", tmp_path / "a.tar", "sparse"], check=True
    )
    data = (tmp_path / "a.tar").read_bytes()
    assert len(data) < 5 << 20
    changes = Changeset.from_reading(read(data))
    assert list(changes.paths) == ["sparse"]
    assert changes.sizes.tolist() == [50 << 20]
    assert changes.hashes.tolist() == [xxhash.xxh3_64_intdigest(file.read_bytes())]


def test_notes_what_begins_as_programs_do() -> None:
    big = b"#!" + b"x" * 300_000
    files = {"a": b"#!/bin/sh\n", "b": b"text", "c": b"\x7fELF", "d": b"", "e": b"#", "f": big, "b/k": b"#!x"}
    listed = [member(name, data) for name, data in files.items()]
    again = [*listed, link("c", "b"), member("a", b"no script any more")]
    for entries in (listed, again):
        reading = read(archive(entries), retain=lambda path: path == "b/k", piece=1000)
        paths = Changeset.from_reading(reading).paths
        programs = [paths[row] for row in reading.program_rows.tolist()]
        assert programs == (["a", "c", "f", "b/k"] if entries is listed else ["f", "b/k"])


def test_keeps_the_named_files_only() -> None:
    listed = [
        member("var/lib/dpkg/status", b"old"),
        member("other", b"no"),
        member("./var/lib/dpkg/status", b"new" * CHUNK_SIZE),
    ]
    reading = read(archive(listed), retain=lambda path: path.endswith("status"))
    assert reading.retained == {"var/lib/dpkg/status": b"new" * CHUNK_SIZE}


def test_a_kept_file_that_is_replaced_is_gone() -> None:
    listed = [member("status", b"old"), link("status", "elsewhere")]
    assert read(archive(listed), retain=lambda _: True).retained == {}


@pytest.mark.slow
def test_equals_tarfile_on_a_real_tree(tmp_path: Path) -> None:
    tree = Path(os.__file__).parent
    packed = tmp_path / "real.tar"
    with tarfile.open(packed, "w", format=tarfile.GNU_FORMAT) as tar:
        tar.add(tree, "usr/lib/python", filter=lambda info: None if "site-packages" in info.name else info)
    data = packed.read_bytes()
    changes = Changeset.from_reading(read(COMPRESSIONS["+gzip"](data)))
    assert found(changes) == expected(data)
    assert len(changes) > 500
    assert np.count_nonzero(changes.hashes) > 400
