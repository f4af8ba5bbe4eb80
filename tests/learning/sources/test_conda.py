"""A channel of conda's with packages in both of its packings."""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

import pytest
import zstandard

from praxi_tasks.errors import LayerError, ReleaseError, ReleaseNotFoundError, ReleaseRefusedError
from praxi_tasks.fingerprint import UNKNOWN_SIZE, published_content
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.sources.conda import CondaSource
from tests.support.site import Answer, Site, site

FILES = {"bin/samtools": b"program" * 99, "lib/libhts.so.3": b"library" * 99, "info/paths.json": b"{}"}


def tarball(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return data.getvalue()


def conda(files: Mapping[str, bytes], info: bytes = b"") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
        archive.writestr("pkg-x.tar.zst", zstandard.compress(tarball(files)))
        archive.writestr("info-x.tar.zst", zstandard.compress(info or tarball({"info/index.json": b"{}"})))
    return data.getvalue()


def wanted(name: str, version: str = "") -> NewPackage:
    return NewPackage(f"pkg:conda/{name}", "conda", name, version)


@pytest.fixture
def channel() -> Iterator[Site]:
    with site() as server:
        old, new = bz2.compress(tarball(FILES)), conda(FILES)
        server.answers["/forge/linux-64/samtools-1.20-0.tar.bz2"] = Answer(old)
        server.answers["/forge/linux-64/samtools-1.21-1.conda"] = Answer(new)
        server.answers["/forge/noarch/six-1.16-py_0.conda"] = Answer(
            conda({"site-packages/six.py": b"x" * 99})
        )
        listed = {
            "packages": {"samtools-1.20-0.tar.bz2": package("samtools", "1.20", old, 1)},
            "packages.conda": {
                "samtools-1.21-0.conda": package("samtools", "1.21", b"lost", 2),
                "samtools-1.21-1.conda": package("samtools", "1.21", new, 3),
            },
        }
        server.answers["/forge/linux-64/repodata.json"] = Answer(json.dumps(listed).encode())
        noarch = {"packages.conda": {"six-1.16-py_0.conda": {"name": "six", "version": "1.16"}}}
        server.answers["/forge/noarch/current_repodata.json"] = Answer(json.dumps(noarch).encode())
        yield server


def package(name: str, version: str, data: bytes, timestamp: int) -> dict[str, object]:
    digest = hashlib.sha256(data).hexdigest()
    return {"name": name, "version": version, "sha256": digest, "timestamp": timestamp, "depends": []}


def test_the_newest_build_of_each_version_is_read_in_either_packing(channel: Site) -> None:
    source = CondaSource(f"{channel.url}/forge")
    assert list(source.versions(wanted("samtools"))) == ["1.21", "1.20"]
    found = [source.read(wanted("samtools", version)).checked() for version in ("1.20", "1.21")]
    assert found[0].paths == ["opt/conda/bin/samtools", "opt/conda/lib/libhts.so.3"]
    assert found[0].content_id == found[1].content_id
    assert (found[0].hashes != 0).all()
    assert source.read(wanted("six", "1.16")).checked().paths == ["site-packages/six.py"]
    with pytest.raises(ReleaseNotFoundError, match="has it not"):
        source.read(wanted("samtools", "9"))


def test_damaged_packages_and_indexes_are_told(channel: Site) -> None:
    source = CondaSource(f"{channel.url}/forge")
    channel.answers["/forge/linux-64/samtools-1.21-1.conda"] = Answer(b"another")
    channel.answers["/forge/noarch/six-1.16-py_0.conda"] = Answer(b"no zip")
    with pytest.raises(ReleaseRefusedError, match="not the one"):
        source.read(wanted("samtools", "1.21"))
    with pytest.raises(LayerError, match="no package of conda's"):
        source.read(wanted("six", "1.16"))
    channel.answers["/forge/noarch/current_repodata.json"] = Answer(b"[]")
    with pytest.raises(ReleaseError, match="nonsense"):
        CondaSource(f"{channel.url}/forge").versions(wanted("six"))
    del channel.answers["/forge/linux-64/repodata.json"]
    with pytest.raises(ReleaseNotFoundError):
        CondaSource(f"{channel.url}/forge").versions(wanted("six"))


def listed(path: str, data: bytes, **fields: object) -> dict[str, object]:
    digest = hashlib.sha256(data).hexdigest()
    return {"_path": path, "path_type": "hardlink", "sha256": digest, "size_in_bytes": len(data), **fields}


def test_the_list_of_files_is_all_that_is_fetched_of_a_package(channel: Site) -> None:
    """Of what conda writes its prefix into the content is not known, nor is a text's size."""
    program, library, text = b"program" * 99, b"library" * 99, b"#!/prefix" * 9
    paths = [
        listed("bin/samtools", program),
        listed("lib/libhts.so.3", library, prefix_placeholder="/prefix", file_mode="binary"),
        listed("bin/blast.pl", text, prefix_placeholder="/prefix", file_mode="text"),
        listed("lib/libhts.so", library, path_type="softlink"),
        {"_path": "share", "path_type": "directory"},
    ]
    info = tarball({"info/paths.json": json.dumps({"paths": paths, "paths_version": 1}).encode()})
    noise = bytes(range(256)) * 2000  # more than the end of a file that is fetched first
    package = conda({**FILES, "x": hashlib.sha256(noise).digest() * 9000}, info)
    channel.answers["/forge/linux-64/samtools-1.21-1.conda"] = Answer(package)
    channel.parts = True
    found = CondaSource(f"{channel.url}/forge").read(wanted("samtools", "1.21")).checked()
    home = "opt/conda"
    assert found.paths == [
        f"{home}/{name}" for name in ("bin/blast.pl", "bin/samtools", "lib/libhts.so", "lib/libhts.so.3")
    ]
    known = published_content(hashlib.sha256(program).digest())
    assert found.hashes.tolist() == [0, known, 0, 0]
    assert found.sizes.tolist() == [UNKNOWN_SIZE, len(program), 0, len(library)]
    assert found.measured.tolist() == [False, True, False, True]
    asked = [path for path, _ in channel.asked if path.endswith(".conda")]
    assert len(asked) == len(channel.ranges)


@pytest.mark.parametrize(
    "info", [b"no tar", tarball({"info/files": b""}), tarball({"info/paths.json": b'{"paths": [{}]}'})]
)
def test_a_list_that_can_not_be_read_is_told(channel: Site, info: bytes) -> None:
    channel.answers["/forge/linux-64/samtools-1.21-1.conda"] = Answer(conda(FILES, info))
    channel.parts = True
    with pytest.raises(LayerError, match="no package of conda's"):
        CondaSource(f"{channel.url}/forge").read(wanted("samtools", "1.21"))
    member = channel.answers["/forge/linux-64/samtools-1.21-1.conda"].data.replace(b"info-x", b"inf0-x")
    channel.answers["/forge/linux-64/samtools-1.21-1.conda"] = Answer(member)
    with pytest.raises(LayerError, match="says nothing of itself"):
        CondaSource(f"{channel.url}/forge").read(wanted("samtools", "1.21"))
