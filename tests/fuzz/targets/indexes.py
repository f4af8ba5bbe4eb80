"""Indexes that packs are collected from: what they list, and the packages that they serve."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import struct
import tempfile
import zipfile
from pathlib import Path

import zstandard

from praxi_tasks.errors import DataError, ImageError, LayerError, ReleaseError, ReleaseRefusedError
from praxi_tasks.inventory.os.rpm_header import _TAGS
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.conda_paths import release_of_conda
from praxi_tasks.learning.sources.cran import _fields, _installed, _listed, _text
from praxi_tasks.learning.sources.rpm.package_header import release_of_header
from praxi_tasks.learning.sources.rpm.package_list import Popularity, _package
from praxi_tasks.learning.sources.rubygems import _listed as listed_gems
from praxi_tasks.learning.sources.rubygems import gem_files
from praxi_tasks.learning.sources.tar_archive import list_tar
from praxi_tasks.xml_stream import stream_elements
from tests.fuzz.target import same, target
from tests.support.gems import gem, tar

_SOURCES = "praxi_tasks.learning.sources."
_SHARED = Path("/dev/shm")
_FOLDER = tempfile.TemporaryDirectory(prefix="praxi-fuzz-", dir=_SHARED if _SHARED.is_dir() else None)
_X = parse_label("x==1-2")
_PRIMARY = b"""<metadata><package><name>x</name><arch>noarch</arch><version epoch="1" ver="1" rel="2"/>
<checksum type="sha256">00</checksum><time build="7"/><location href="x.rpm"/><format><rpm:provides>
<rpm:entry name="x"/></rpm:provides><rpm:header-range start="9" end="99"/></format></package></metadata>"""


def _file(data: bytes) -> Path:
    path = Path(_FOLDER.name, "x")
    path.write_bytes(data)
    return path


def _header() -> bytes:
    """Return the header of a package of a program, and a link from its build-id to it."""
    digest = hashlib.sha256(b"x").hexdigest().encode()
    texts = {
        "NAME": [b"x"], "VERSION": [b"1"], "RELEASE": [b"2"], "BASENAMES": [b"x", b"cdef01"],
        "DIRNAMES": [b"/usr/bin/", b"/usr/lib/.build-id/ab/"], "FILEDIGESTS": [digest, b""],
        "FILELINKTOS": [b"", b"../../../../usr/bin/x"],
    }  # fmt: skip
    numbers = {
        "DIRINDEXES": [0, 1], "FILESIZES": [1, 9], "FILEFLAGS": [0, 0], "FILEDIGESTALGO": [8],
    }  # fmt: skip
    entries, data = b"", b""
    for name, values in numbers.items():
        entries += struct.pack(">IIII", _TAGS[name], 4, len(data), len(values))
        data += struct.pack(f">{len(values)}I", *values)
    entries += struct.pack(">IIII", _TAGS["FILEMODES"], 3, len(data), 2)
    data += struct.pack(">HH", 0o100755, 0o120777)
    for name, words in texts.items():
        entries += struct.pack(">IIII", _TAGS[name], 8, len(data), len(words))
        data += b"".join(word + b"\0" for word in words)
    return b"\x8e\xad\xe8\x01\0\0\0\0" + struct.pack(">II", len(entries) // 16, len(data)) + entries + data


def _conda() -> bytes:
    listed = {"_path": "bin/x", "path_type": "hardlink", "sha256": "ab" * 32, "size_in_bytes": 7}
    info = tar({"info/paths.json": json.dumps({"paths": [listed]}).encode()})
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("info-x.tar.zst"), zstandard.compress(info))
    return data.getvalue()


@target(
    covers=(
        _SOURCES + "rpm.package_header.release_of_header",
        "praxi_tasks.inventory.os.rpm_header.RpmHeader.packaged",
    ),
    errors=(ReleaseError, ReleaseRefusedError),
    seeds=[_header()],
)
def rpm_package(data: bytes) -> None:
    """List a package by its header."""
    release_of_header(data, _X, "x.rpm").checked()


@target(
    covers=(_SOURCES + "rpm.package_list.listed_packages", "praxi_tasks.xml_stream.stream_elements"),
    errors=(DataError,),
    seeds=[_PRIMARY],
)
def rpm_list(data: bytes) -> None:
    """Read a repository's packages, and rank them."""
    popularity = Popularity()
    elements = stream_elements([data], ("package",), "metadata", "x", skipped=("format",))
    whole = stream_elements([data], ("package",), "metadata", "x")
    for element, slim in zip(whole, elements, strict=True):
        same(element.text_of("name"), slim.text_of("name"), "a name")
        if (package := _package(element, "https://index.example")) is not None:
            popularity.note(package)
            same(popularity.ranked([package.name]), [package.name], "the ranked names")


@target(
    covers=(_SOURCES + "conda_paths.release_of_conda",),
    errors=(LayerError, ReleaseRefusedError),
    seeds=[_conda()],
)
def conda_list(data: bytes) -> None:
    """List a package of conda's by its own list."""
    release_of_conda(io.BytesIO(data), "x.conda", _X, lambda path: path).checked()


@target(
    covers=(_SOURCES + "rubygems.gem_files",),
    errors=(ImageError, ReleaseRefusedError),
    seeds=[gem({"lib/x.rb": b"module X"})],
)
def gem_package(data: bytes) -> None:
    """List a gem."""
    with gem_files(_file(data)) as files:
        list_tar(files, _X, "gem x", lambda path: path).checked()


@target(
    covers=(_SOURCES + "rubygems.RubyGemsIndex",),
    seeds=[b"---\n1.0 a:>= 1,b:~> 2|checksum:" + b"ab" * 32 + b",ruby:>= 2\n1.1-java |checksum:00\n"],
)
def gem_list(data: bytes) -> None:
    """Read an index's answer about a gem."""
    for found in listed_gems(data.decode("utf-8", "replace")):
        same(len(bytes.fromhex(found.sha256)), 32, "the length of a digest")


@target(
    covers=(_SOURCES + "cran.CranRepository",),
    errors=(ReleaseError, ReleaseRefusedError),
    seeds=[
        b"Package: x\nVersion: 1-2\nImports: a,\n b (>= 1)\nMD5sum: " + b"ab" * 16,
        gzip.compress(b"A: b", mtime=0),
    ],
)
def cran_list(data: bytes) -> None:
    """Read a repository's index."""
    for stanza in _text(_file(data), "x").split("\n\n"):
        for name, listed in _listed(_fields(stanza)):
            same(bool(name and listed.version), True, "a name and a version")


@target(
    covers=(_SOURCES + "cran.CranRepository.read",),
    errors=(ImageError, ReleaseRefusedError),
    seeds=[
        gzip.compress(tar({"x/NAMESPACE": b"export(a)", "x/inst/a": b"1", "x/src/a.c": b"2"}), mtime=0),
        gzip.compress(tar({"x/Meta/package.rds": b"rds", "x/R/x.rdb": b"1"}), mtime=0),
    ],
)
def cran_package(data: bytes) -> None:
    """List an archive of R's, as source or as what was installed."""
    _installed(list_tar(io.BytesIO(data), _X, "cran x", lambda path: path)).checked()
