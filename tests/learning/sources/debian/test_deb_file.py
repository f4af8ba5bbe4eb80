"""A Debian package that is at hand as a file is a release with its files' contents."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from xxhash import xxh3_64_intdigest

from praxi_tasks.errors import DataError
from praxi_tasks.learning.sources import read_deb


def deb(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    """Write a Debian package with these files."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for member_name, content in files.items():
            member = tarfile.TarInfo(f"./{member_name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    members = {"debian-binary": b"2.0\n", "data.tar": data.getvalue()}
    parts = [b"!<arch>\n"]
    for title, content in members.items():
        head = f"{title:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        parts += [head.encode(), content, b"\n" * (len(content) % 2)]
    path = folder / name
    path.write_bytes(b"".join(parts))
    return path


def test_a_package_is_a_release(tmp_path: Path) -> None:
    path = deb(tmp_path, "jq_1%3a1.6-2.1+deb12u1_amd64.deb", {"usr/bin/jq": b"program"})
    release = read_deb(path)
    assert release.identity == ("deb", "jq", "1:1.6-2.1+deb12u1")
    assert (release.paths, release.sizes.tolist()) == (["usr/bin/jq"], [7])
    assert release.hashes.tolist() == [xxh3_64_intdigest(b"program")]


def test_a_name_that_tells_no_release_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name_version_architecture"):
        read_deb(deb(tmp_path, "jq.deb", {}))
