"""Of a release with many wheels those are listed that images have, and their files are put together."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import zipfile
from collections.abc import Iterator

import pytest
from packaging.utils import parse_wheel_filename

from praxi_tasks.learning.data import StoredRelease
from praxi_tasks.learning.data.requests import parse_label
from praxi_tasks.learning.sources.pypi.project_page import IndexFile
from praxi_tasks.learning.sources.pypi.simple_index import SimpleIndex
from praxi_tasks.learning.sources.pypi.wheel_choice import MOST_WHEELS, Wheel, preferred_wheels
from tests.support.site import Answer, Site, site

GLIBC = "manylinux_2_17_x86_64.manylinux2014_x86_64"
GLIBCS = {minor: f"cp311-abi3-manylinux_2_{minor}_x86_64" for minor in (28, 34, 39, 41)}
SHOP = parse_label("shop==1.0")


def chosen(*tags: str) -> list[str]:
    """Return the tags of the wheels that are learned, whatever the order of the index."""
    wheels = []
    for tag in tags:
        name = f"shop-1.0-{tag}.whl"
        wheels.append(Wheel(IndexFile(name, "", ""), *parse_wheel_filename(name)[1::2]))
    random.Random(7).shuffle(wheels)
    return [
        wheel.file.name.removeprefix("shop-1.0-").removesuffix(".whl") for wheel in preferred_wheels(wheels)
    ]


@pytest.mark.parametrize(
    ("tags", "learned"),
    [
        (["py3-none-any"], ["py3-none-any"]),
        (["py3-none-any", "py3-none-win_amd64"], ["py3-none-any"]),
        (["cp311-cp311-win_amd64", "cp39-cp39-musllinux_1_1_x86_64"], ["cp39-cp39-musllinux_1_1_x86_64"]),
        ([f"cp39-cp39-{GLIBC}", f"cp312-cp312-{GLIBC}"], [f"cp312-cp312-{GLIBC}", f"cp39-cp39-{GLIBC}"]),
        # What is compiled goes before what is not, PyPy's behind both.
        ([f"cp312-cp312-{GLIBC}", "py3-none-any"], [f"cp312-cp312-{GLIBC}"]),
        (["pp311-pypy311_pp73-manylinux_2_28_x86_64", "py3-none-any"], ["py3-none-any"]),
        (["pp311-pypy311_pp73-manylinux_2_28_x86_64", f"cp38-abi3-{GLIBC}"], [f"cp38-abi3-{GLIBC}"]),
        ([f"cp313-cp313t-{GLIBC}", f"cp313-cp313-{GLIBC}"], [f"cp313-cp313-{GLIBC}"]),
        # Of two for one interpreter the one that Debian 12 takes.
        ([GLIBCS[28], GLIBCS[34], GLIBCS[39]], [GLIBCS[34]]),
        ([GLIBCS[41], GLIBCS[39]], [GLIBCS[39]]),
    ],
)
def test_what_images_have_is_learned(tags: list[str], learned: list[str]) -> None:
    assert chosen(*tags) == learned


def test_of_many_interpreters_the_newest_are_learned() -> None:
    found = chosen(*(f"cp3{minor}-cp3{minor}-{GLIBC}" for minor in range(7, 16)))
    assert found == [f"cp3{minor}-cp3{minor}-{GLIBC}" for minor in range(15, 15 - MOST_WHEELS, -1)]


def wheel(python: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("shop/__init__.py", b"__version__ = '1.0'\n" * 9)
        archive.writestr(f"shop/_fast.cpython-{python}-x86_64-linux-gnu.so", python.encode() * 99)
    return data.getvalue()


@pytest.fixture
def server() -> Iterator[Site]:
    with site() as running:
        running.parts = True
        yield running


def publish(server: Site, files: dict[str, bytes]) -> SimpleIndex:
    digests = {name: {"sha256": hashlib.sha256(data).hexdigest()} for name, data in files.items()}
    listed = [
        {"filename": name, "url": f"../../files/{name}", "hashes": digest} for name, digest in digests.items()
    ]
    page = json.dumps({"meta": {"api-version": "1.0"}, "files": listed}).encode()
    server.answers["/simple/shop/"] = Answer(page, "application/vnd.pypi.simple.v1+json")
    server.answers |= {f"/files/{name}": Answer(data) for name, data in files.items()}
    return SimpleIndex(f"{server.url}/simple", in_parts=True)


def wheels(*pythons: str) -> dict[str, bytes]:
    return {f"shop-1.0-cp{python}-cp{python}-{GLIBC}.whl": wheel(python) for python in pythons}


def interpreters(release: StoredRelease) -> list[str]:
    """Return for which interpreters a release has libraries."""
    return re.findall(r"cpython-(\d+)", " ".join(release.paths))


def test_a_release_has_the_libraries_for_each_interpreter(server: Site) -> None:
    release = publish(server, wheels("310", "311", "312")).read(SHOP).checked()
    assert release.source.startswith("wheel shop-1.0-cp312")
    assert interpreters(release) == ["310", "311", "312"]
    assert [path.rpartition("/")[2] for path in release.paths][:1] == ["__init__.py"]
    assert release.sizes.tolist() == [180, 297, 297, 297]
    assert len(set(release.hashes.tolist())) == 4


def test_another_interpreters_wheel_that_is_damaged_costs_its_own_files(
    server: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    broken = wheels("310", "312") | {f"shop-1.0-cp311-cp311-{GLIBC}.whl": b"PK\x03\x04 not really"}
    release = publish(server, broken).read(SHOP)
    assert interpreters(release) == ["312", "310"]
    assert re.search("cp311.* is left out", caplog.text)


def test_an_index_that_gives_no_parts_gives_one_wheel(server: Site) -> None:
    server.parts = False
    release = publish(server, wheels("311", "312")).read(SHOP)
    assert interpreters(release) == ["312"]
