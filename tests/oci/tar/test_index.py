"""The index of an archive: equal to what tarfile finds, and safe whatever the bytes."""

from __future__ import annotations

import io
import posixpath
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.errors import LayerError, LimitExceededError, ManifestError
from praxi_tasks.oci.tar.index import TarIndex, scan
from tests.support.images import Entry, Hardlink, Symlink, tar_bytes


def index_of(data: bytes, folder: Path) -> TarIndex:
    file = folder / "x.tar"
    file.write_bytes(data)
    with file.open("rb") as opened:
        return scan(opened.fileno(), "x.tar")


CONTENTS = st.dictionaries(
    st.text("abcé/.", min_size=1, max_size=160).filter(
        lambda name: name[0] != "/" and posixpath.normpath(f"/{name}") == f"/{name}"
    ),
    st.binary(max_size=1200),
    max_size=8,
)


@given(CONTENTS, st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]))
def test_finds_what_tarfile_finds(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], form: int
) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    data = buffer.getvalue()
    index = index_of(data, tmp_path_factory.getbasetemp())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert index.files == {member.name: (member.offset_data, member.size) for member in archive}


@given(st.data())
def test_any_bytes_are_an_index_or_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    contents: dict[str, Entry] = {"a" * 120: b"1", "b": Symlink("a"), "c": Hardlink("b"), "é" * 60: b"2"}
    raw = bytearray(tar_bytes(contents))
    for _ in range(data.draw(st.integers(0, 6))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(raw)))
    try:
        index = index_of(bytes(raw[:cut]), tmp_path_factory.getbasetemp())
    except (ManifestError, LimitExceededError):
        return
    assert all(offset + size <= cut for offset, size in index.files.values())


def test_the_last_of_a_name_wins(tmp_path: Path) -> None:
    data = tar_bytes([("a", b"old"), ("./a", b"newer")])
    found = index_of(data, tmp_path).find("a")
    assert found is not None
    assert data[found[0] : sum(found)] == b"newer"


def test_links_are_followed_to_an_end(tmp_path: Path) -> None:
    contents: dict[str, Entry] = {
        "d/file": b"x",
        "d/soft": Symlink("file"),
        "e/up": Symlink("../d/soft"),
        "hard": Hardlink("e/up"),
        "one": Symlink("two"),
        "two": Symlink("one"),
    }
    index = index_of(tar_bytes(contents), tmp_path)
    assert index.find("hard") == index.find("d/file") is not None
    assert index.find("one") is None
    assert index.find("d") is None


def test_a_header_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 3 << 30
    file = tmp_path / "x.tar"
    with file.open("wb") as opened:
        opened.write(info.tobuf(tarfile.GNU_FORMAT))
        opened.truncate(4 << 30)
    with file.open("rb") as opened, pytest.raises(LimitExceededError, match="tar header of"):
        scan(opened.fileno(), "x.tar")


def test_an_error_names_the_archive(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"x\.tar") as caught:
        index_of(tar_bytes({"a": b"x" * 5000})[:2000], tmp_path)
    assert not isinstance(caught.value, LayerError)
