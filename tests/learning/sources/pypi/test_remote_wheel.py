"""A wheel's directory, read in parts, says what the whole wheel says; hostile ones are refused."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import random
import struct
import zipfile
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xxhash import xxh3_64_intdigest

from praxi_tasks.errors import DataError, PraxiError, ReleaseRefusedError
from praxi_tasks.fingerprint import published_content
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.learning.sources.pypi.wheel import list_remote_wheel
from tests.support.package_index import PackageIndex
from tests.support.site import Answer, Site, site

SHOP = parse_label("shop==1.0")
NAME = "shop-1.0-py3-none-any.whl"


@pytest.fixture(scope="module")
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        yield running


def wheel(files: Mapping[str, bytes], comment: bytes = b"", *, big: bool = False) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            with archive.open(path, "w", force_zip64=big) as file:
                file.write(content)
        archive.comment = comment
    return data.getvalue()


def large(count: int = 300) -> dict[str, bytes]:
    rng = random.Random(2)
    files = {f"shop/part{n}.py": rng.randbytes(rng.randrange(2_000)) for n in range(count)}
    return {"shop/_version.py": b"1.0", **files, "shop-1.0.dist-info/RECORD": b"x" * 500}


def both(server: Site, data: bytes) -> tuple[list[object], list[object], bool]:
    index = PackageIndex(server)
    index.publish(NAME, data)
    part = SimpleIndex(index.url, in_parts=True).read(SHOP).checked()
    whole = SimpleIndex(index.url).read(SHOP).checked()
    known = part.hashes != 0
    same = bool((part.hashes[known] == whole.hashes[known]).all())
    assert part.source == whole.source
    return [part.paths, part.sizes.tolist()], [whole.paths, whole.sizes.tolist()], same


@pytest.mark.parametrize(
    "data",
    [
        wheel({"shop/a.py": b"a", "shop-1.0.data/scripts/shop": b"#!", "shop/sub/": b""}),
        wheel(large()),
        wheel(large(), comment=b"a comment" * 7_000),
        wheel(large(40), big=True),
        b"#!/bin/sh\n" + wheel(large(30)),
    ],
    ids=["small", "large", "comment", "zip64", "prefixed"],
)
def test_parts_say_what_the_whole_says(server: Site, data: bytes) -> None:
    part, whole, same = both(server, data)
    assert part == whole
    assert same


def test_of_a_large_wheel_little_is_fetched_and_its_version_file(server: Site) -> None:
    data = wheel(large(2_000))
    server.answers["/w"] = Answer(data)
    server.ranges.clear()
    found = list_remote_wheel(f"{server.url}/w", NAME, SHOP, server.url)
    hashes = dict(zip(found.paths, found.hashes.tolist(), strict=True))
    assert hashes["site-packages/shop/_version.py"] != 0
    assert hashes["site-packages/shop/part3.py"] != 0  # it lies beside it
    assert hashes["site-packages/shop/part900.py"] == 0
    assert len(server.ranges) <= 3


def listing(files: Mapping[str, bytes]) -> bytes:
    """Return a RECORD of files."""
    rows = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip('=')},"
        for path, content in files.items()
    ]
    return "\n".join([*rows, "shop-1.0.dist-info/RECORD,,", '"broken']).encode()


def test_of_what_is_not_fetched_the_record_lists_the_contents(server: Site) -> None:
    files = large(2_000)
    files["shop-1.0.dist-info/RECORD"] = listing(files)
    server.answers["/w"] = Answer(wheel(files))
    server.ranges.clear()
    found = list_remote_wheel(f"{server.url}/w", NAME, SHOP, server.url)
    hashes = dict(zip(found.paths, found.hashes.tolist(), strict=True))
    digest = hashlib.sha256(files["shop/part900.py"]).digest()
    assert hashes["site-packages/shop/part900.py"] == published_content(digest)
    assert hashes["site-packages/shop/_version.py"] == xxh3_64_intdigest(b"1.0")
    assert len(server.ranges) <= 4


@pytest.mark.parametrize(
    "record", [b"\xff\x00,sha256=x,1", b'"' + b"a" * 200_000, b"shop/part900.py,md5=00,1"]
)
def test_a_record_that_lists_no_contents_costs_nothing(server: Site, record: bytes) -> None:
    files = large(600) | {"shop-1.0.dist-info/RECORD": record}
    server.answers["/w"] = Answer(wheel(files))
    found = list_remote_wheel(f"{server.url}/w", NAME, SHOP, server.url)
    assert dict(zip(found.paths, found.hashes.tolist(), strict=True))["site-packages/shop/part400.py"] == 0


def test_an_index_that_gives_no_parts_is_downloaded_from(server: Site) -> None:
    with site() as plain:
        index = PackageIndex(plain)
        index.publish(NAME, wheel({"shop/a.py": b"a"}))
        assert SimpleIndex(index.url, in_parts=True).read(SHOP).hashes[0] != 0
        assert len(index.asked) == 3  # the page, the part, the whole


def remote(server: Site, data: bytes) -> object:
    server.answers["/w"] = Answer(data)
    return list_remote_wheel(f"{server.url}/w", NAME, SHOP, server.url)


def test_a_truncated_wheel_is_damaged(server: Site) -> None:
    with pytest.raises(DataError, match="can't be read"):
        remote(server, wheel(large())[:-30])


def test_a_directory_that_lies_about_its_size_is_damaged(server: Site) -> None:
    data = bytearray(wheel(large()))
    struct.pack_into("<L", data, len(data) - 10, 1 << 31)
    with pytest.raises(DataError):
        remote(server, bytes(data))


def test_a_member_that_would_unpack_to_too_much_is_refused(
    server: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRAXI_RELEASE_MAX_BYTES", "1000")
    with pytest.raises(ReleaseRefusedError, match="unpacks to"):
        remote(server, wheel(large()))


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a\\b"])
def test_a_wheel_that_claims_foreign_paths_is_refused(server: Site, path: str) -> None:
    with pytest.raises(ReleaseRefusedError, match="claims the path"):
        remote(server, wheel({"shop/a.py": b"", path: b""}))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_whatever_is_wrong_with_a_wheel_is_a_typed_error(server: Site, data: st.DataObject) -> None:
    damaged = bytearray(_WHEEL)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 60))
    with contextlib.suppress(PraxiError):
        remote(server, bytes(damaged[: len(damaged) - cut]))


_WHEEL = wheel(
    {"shop/a.py": b"a" * 50, "shop/_version.py": b"1", "shop-1.0.dist-info/RECORD": b"r" * 90}, b"c"
)
