"""Learning: what indexes and builds say of releases, the files they serve, requests and settings."""

from __future__ import annotations

import gzip
import io
import lzma
import tempfile
import zipfile
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import zstandard

from praxi_tasks.errors import (
    CorruptObjectError,
    DataError,
    ImageError,
    LayerError,
    ReleaseError,
    ReleaseRefusedError,
    UsageError,
)
from praxi_tasks.json_decoding import decode
from praxi_tasks.learning.builds.build_result import BuildResult
from praxi_tasks.learning.builds.stdout_protocol import Listener, to_lines
from praxi_tasks.learning.catalogue.debian_archive import read_archive
from praxi_tasks.learning.catalogue.debian_contents import read_packages
from praxi_tasks.learning.data.recordings import read_changesets
from praxi_tasks.learning.data.release_files import read_releases
from praxi_tasks.learning.data.requests import TrainingRequest, decode_list, parse_label, read_list
from praxi_tasks.learning.run.plan import read_settings
from praxi_tasks.learning.sources.debian.deb_archive import open_data_archive
from praxi_tasks.learning.sources.debian.deb_file import read_deb
from praxi_tasks.learning.sources.debian.package_list import by_popularity
from praxi_tasks.learning.sources.debian.package_list import read_list as read_package_list
from praxi_tasks.learning.sources.fetching import Page
from praxi_tasks.learning.sources.npm.registry import _Document
from praxi_tasks.learning.sources.npm.tarball import list_tarball
from praxi_tasks.learning.sources.pypi.project_page import _from_html, _from_json, _is_json, _is_sound
from praxi_tasks.learning.sources.pypi.sdist import _sdist
from praxi_tasks.learning.sources.pypi.simple_index import _wheel
from praxi_tasks.learning.sources.pypi.wheel import check_wheel_name, list_wheel
from praxi_tasks.learning.sources.pypi.wheel_choice import preferred_wheels
from praxi_tasks.learning.sources.tar_archive import list_tar
from praxi_tasks.store import ReadableRoots, Store, documents
from tests.fuzz.target import OneObject, same, target
from tests.support.layers import archive, member

_REQUESTS = "praxi_tasks.learning.data.requests."
_WANTED = parse_label("x==1.0")
_SHARED = Path("/dev/shm")
_FOLDER = tempfile.TemporaryDirectory(prefix="praxi-fuzz-", dir=_SHARED if _SHARED.is_dir() else None)


def _file(name: str, data: bytes) -> Path:
    path = Path(_FOLDER.name, name)
    path.write_bytes(data)
    return path


def _zip(compression: int, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as members:
        for name in names:
            members.writestr(zipfile.ZipInfo(name), b"content" * 9)
    return buffer.getvalue()


@target(
    covers=(
        "praxi_tasks.learning.sources.pypi.wheel.list_wheel",
        "praxi_tasks.learning.data.wheel_files.read_wheel",
    ),
    errors=(ReleaseRefusedError, DataError),
    seeds=[
        _zip(zipfile.ZIP_STORED, "x/__init__.py", "x-1.0.dist-info/RECORD", "x-1.0.data/scripts/y"),
        _zip(zipfile.ZIP_DEFLATED, "x/a.py"),
        _zip(zipfile.ZIP_LZMA, "x/a.py"),
    ],
)
def wheel(data: bytes) -> None:
    """List a wheel."""
    list_wheel(_file("x-1.0-py3-none-any.whl", data), _WANTED).checked()


@target(
    covers=("praxi_tasks.learning.sources.pypi.wheel.check_wheel_name",),
    errors=(ReleaseRefusedError,),
    seeds=[b"x-1.0-py3-none-any.whl", b"x-1.0-1b-cp311-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"],
    longest=256,
)
def wheel_name(data: bytes) -> None:
    """Compare a wheel's name with the release that is wanted."""
    check_wheel_name(data.decode("utf-8", "surrogateescape"), _WANTED)


@target(
    covers=("praxi_tasks.learning.sources.pypi.project_page.index_files",),
    errors=(ReleaseError,),
    seeds=[
        b'{"files":[{"filename":"x-1.0-py3-none-any.whl","url":"x.whl","hashes":{"sha256":"00"}}]}',
        b'<a href="../x-1.0.tar.gz#sha256=00">x</a><a href=//[>',
        b'<meta name="pypi:repository-version" content="1.0"><title>Links for x</title>',
    ],
)
def project_page(data: bytes) -> None:
    """Read a package's page in both languages, and choose a file."""
    page = Page(data, "", "https://index.example/simple/x/")
    listed = _from_json(page) if _is_json(page) else _from_html(page, "x")
    files = [file for file in listed if _is_sound(file)]
    wheels = [found for file in files if (found := _wheel(file)) is not None]
    if wheels:
        preferred_wheels(wheels)
    for file in files:
        _sdist(file, "x")


@target(
    covers=("praxi_tasks.learning.sources.npm.registry.NpmRegistry",),
    errors=(msgspec.MsgspecError,),
    seeds=[b'{"versions":{"1.0.0":{"dist":{"tarball":"t","integrity":"sha512-AAAA sha1-AA=="}}}}'],
)
def npm_document(data: bytes) -> None:
    """Read a registry's document and the digests in it."""
    for version in decode(data, _Document).versions.values():
        version.dist.digest()


@target(
    covers=("praxi_tasks.learning.sources.npm.tarball.list_tarball",),
    errors=(ImageError, ReleaseRefusedError),
    seeds=[
        gzip.compress(archive([member("package/package.json", b"{}"), member("package/a.js", b"1")]), mtime=0)
    ],
)
def npm_tarball(data: bytes) -> None:
    """List an npm tarball."""
    list_tarball(_file("x-1.0.tgz", data), _WANTED).checked()


@target(
    covers=("praxi_tasks.learning.sources.debian.package_list.read_list",),
    errors=(DataError,),
    seeds=[
        b"Package: jq\nVersion: 1\nFilename: p/jq.deb\nSize: 9\nDepends: a (>= 1) | b, c:any\nSHA256: "
        + b"ab" * 32,
        gzip.compress(b"Package: jq\n", mtime=0),
    ],
)
def package_list(data: bytes) -> None:
    """Read an archive's list of packages, and rank them."""
    listed = list(read_package_list(_file("Packages", data), "https://archive.example"))
    same(len(by_popularity(listed)), len(listed), "the number of packages")


def _deb(name: bytes, data: bytes) -> bytes:
    def part(title: bytes, content: bytes) -> bytes:
        head = (
            title.ljust(16)
            + b"0".ljust(12)
            + b"0     0     100644  "
            + str(len(content)).encode().ljust(10)
            + b"`\n"
        )
        return head + content + b"\n" * (len(content) % 2)

    return b"!<arch>\n" + part(b"debian-binary", b"2.0\n") + part(name, data)


@target(
    covers=(
        "praxi_tasks.learning.sources.debian.deb_archive.open_data_archive",
        "praxi_tasks.learning.sources.debian.deb_file.read_deb",
        "praxi_tasks.learning.sources.tar_archive.list_tar",
    ),
    errors=(LayerError, ReleaseRefusedError),
    seeds=[
        _deb(b"data.tar", archive([member("./usr/bin/x", b"1")])),
        _deb(b"data.tar.zst", zstandard.ZstdCompressor().compress(archive([member("./usr/bin/x", b"1")]))),
        _deb(b"data.tar.xz", lzma.compress(archive([member("./usr/bin/x", b"1")]))),
    ],
)
def deb(data: bytes) -> None:
    """List a Debian package."""
    with open_data_archive(_file("x.deb", data)) as content:
        list_tar(content, _WANTED, "deb x.deb", lambda path: path).checked()
    read_deb(_file("xx_1.0_all.deb", data)).checked()


@target(
    covers=("praxi_tasks.learning.builds.build_result.BuildResult.from_bytes",),
    errors=(DataError, ReleaseRefusedError),
    seeds=[msgspec.json.encode(BuildResult("x-1.0-py3-none-any.whl", ["site-packages/x/a.py"], [3], [7]))],
)
def listing(data: bytes) -> None:
    """Read a build's listing as that of a release."""
    packed = zstandard.ZstdCompressor(level=1).compress(data)
    BuildResult.from_bytes(packed).release(_WANTED)


@target(
    covers=("praxi_tasks.learning.builds.stdout_protocol.Listener",),
    seeds=["\n".join(to_lines(b"result")).encode(), b"praxi-result 1/2 AAAA\npraxi-result 2/2 AA==\nnoise\n"],
)
def build_output(data: bytes) -> None:
    """Collect the lines of a result from a pod's output, and what is read as one."""
    listener = Listener()
    for line in data.decode("utf-8", "replace").splitlines():
        listener.take(line)
    same(listener.result is None or len(listener.result) <= len(data), True, "a result of what was sent")
    again = Listener()
    for line in to_lines(data):
        same(again.take(line), True, "a line of a result")
    same(again.result, data, "the result")


@target(
    covers=(
        _REQUESTS + "parse_label",
        _REQUESTS + "parse_list",
        _REQUESTS + "read_list",
        _REQUESTS + "list_text",
        _REQUESTS + "decode_list",
        "praxi_tasks.learning.data.release_labels.list_lines",
        "praxi_tasks.learning.data.release_labels.read_label",
    ),
    errors=(DataError, UsageError),
    seeds=[
        b"Flask==3.0.0\nnpm/@s/left-pad@1.3.0 # c\npkg:pypi/x@*\n\n",
        b"\xef\xbb\xbfflask[a] == 3.0.0 ; x \\\r\n --hash=sha256:0\rpkg:deb/debian/a@1%3A2?b=c",
    ],
)
def requested(data: bytes) -> None:
    """Read a list of releases, given as text or as a place that is refused."""
    for package in read_list(decode_list(data), ReadableRoots(())):
        same(package.name != "" and ".." not in package.name.split("/"), True, "a name")
        same(package.purl.isascii() and package.purl.isprintable(), True, "a package URL")


@target(
    covers=("praxi_tasks.learning.run.plan.read_settings",),
    errors=(UsageError,),
    seeds=[b'{"labels_per_expert":3,"bars":{},"weights":null}', b"{}"],
)
def training_settings(data: bytes) -> None:
    """Read the settings of a training."""
    read_settings(data.decode("utf-8", "surrogateescape"))


@target(
    covers=("praxi_tasks.learning.data.release_files.read_releases",),
    errors=(DataError,),
    seeds=[
        b'{"name":"x","version":"1","files":[["x/a.py",3,"ff"],["x/b.py"]]}\n{"name":"y","version":"","files":[],"ecosystem":"deb"}\n'
    ],
)
def release_lines(data: bytes) -> None:
    """Read releases as lines of JSON."""
    for _ in read_releases(_file("releases.jsonl", data)):
        pass


@target(
    covers=("praxi_tasks.learning.data.recordings.read_changesets",),
    errors=(DataError,),
    seeds=[b'{"id":"1","labels":["a"],"changes":["0644 /usr/bin/a"]}\n\n'],
)
def recordings(data: bytes) -> None:
    """Read recorded changesets."""
    for _ in read_changesets(_file("changesets.jsonl", data)):
        pass


@target(
    covers=(
        "praxi_tasks.learning.catalogue.debian_contents.read_packages",
        "praxi_tasks.learning.catalogue.debian_archive.read_archive",
    ),
    errors=(DataError,),
    seeds=[b"usr/bin/a                    utils/a,libs/b\nusr/lib/b so                 libs/b\n"],
)
def contents_index(data: bytes) -> None:
    """Read a Contents index."""
    file = _file("Contents", data)
    read_packages([file], {"a", "b"}, 10)
    read_archive([file], {"c"}, np.random.default_rng(1), 0.5)


@target(
    covers=(_REQUESTS + "read_request", "praxi_tasks.store.documents.read"),
    errors=(CorruptObjectError,),
    seeds=[
        b'{"audit":"a","packages":[{"purl":"p","ecosystem":"pypi","name":"n","version":"1","layers":["l"]}]}'
    ],
)
def training_request(data: bytes) -> None:
    """Read a request, as any document of the store."""
    documents.read(cast(Store, OneObject(data)), "request", TrainingRequest)
