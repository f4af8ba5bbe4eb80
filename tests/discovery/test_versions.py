"""Versions of what several packs know by other digests, and of what has libraries for another interpreter."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from praxi_tasks.discovery import Release
from praxi_tasks.fingerprint import Tagset, normalise_all, published_content
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from tests.support import world

SITE = "opt/venv/lib/python3.11/site-packages"
LIBRARY = "big/_speed.cpython-311-x86_64-linux-gnu.so"


def content(path: str, version: str) -> bytes:
    """Return a file's content: module 0 and the library change with every version, the others never."""
    changes = path.endswith(("m0.py", ".so"))
    return f"{path} {version if changes else ''}".encode().ljust(300)


def modules(count: int = 12) -> list[str]:
    return [f"big/m{number}.py" for number in range(count)]


def digest(data: bytes, *, published: bool) -> int:
    return published_content(hashlib.sha256(data).digest()) if published else world.hash_of(data.decode())


def released(version: str, paths: list[str], *, published: bool = False) -> Release:
    """Return a release as one pack knows it: by xxh3-64, or by the SHA-256 that its publisher lists."""
    lines = []
    for path in paths:
        data = content(path, version)
        lines.append(ReleaseFile(path, len(data), f"{digest(data, published=published):x}"))
    return make_release(ReleaseLine("big", version, lines))


def layer(files: dict[str, bytes]) -> Tagset:
    paths = [f"{SITE}/{path}" for path in files]
    return Tagset(
        "sha256:" + "1" * 64,
        paths,
        normalise_all(paths),
        np.array([len(data) for data in files.values()], np.uint64),
        np.array([digest(data, published=False) for data in files.values()], np.uint64),
        np.ones(len(paths), np.bool_),
        published=np.array([digest(data, published=True) for data in files.values()], np.uint64),
    )


def told(files: dict[str, bytes], *packs: list[Release]) -> tuple[str, ...]:
    catalogues = [build_catalogue([*world.releases()]), *map(build_catalogue, packs)]
    prediction = world.model().replaced(catalogues=catalogues).predict(layer(files))
    (versions,) = [each.versions for each in prediction.releases if each.name == "big"]
    return versions


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_a_version_that_two_packs_know_by_other_digests_is_told(version: str) -> None:
    own = [released(each, modules()) for each in ("1.0", "1.1", "1.2")]
    listed = [released(each, modules(), published=True) for each in ("1.1", "1.2", "1.3")]
    files = {path: content(path, version) for path in modules()}
    assert told(files, own, listed) == (version,)


def test_a_version_that_neither_pack_knows_is_not() -> None:
    own = [released(each, modules()) for each in ("1.0", "1.1")]
    listed = [released(each, modules(), published=True) for each in ("1.1", "1.2")]
    assert told({path: content(path, "1.9") for path in modules()}, own, listed) == ()


@pytest.mark.parametrize("known", [["1.0"], ["1.0", "1.1"], ["1.0", "1.1", "1.2"]])
def test_a_library_for_another_interpreter_does_not_cost_the_version(known: list[str]) -> None:
    """With one version known, nothing shows that a file changes with every version."""
    paths = [*modules(), LIBRARY]
    files = {path: content(path, "1.0") for path in modules()} | {LIBRARY: b"another build".ljust(400)}
    versions = told(files, [released(each, paths) for each in known])
    assert versions == (("1.0",) if len(known) > 1 else ())


def test_where_only_the_library_changes_another_one_is_of_no_known_version() -> None:
    paths = [*modules()[1:], LIBRARY]
    known = [released(each, paths) for each in ("1.0", "1.1")]
    files = {path: content(path, "1.0") for path in paths}
    assert told(files, known) == ("1.0",)
    assert told(files | {LIBRARY: b"another build".ljust(400)}, known) == ()


def test_another_versions_library_beside_the_code_tells_neither() -> None:
    paths = [*modules(), LIBRARY]
    known = [released(each, paths) for each in ("1.0", "1.1")]
    files = {path: content(path, "1.0") for path in modules()} | {LIBRARY: content(LIBRARY, "1.1")}
    assert told(files, known) == ()


def test_a_release_may_have_a_library_for_each_interpreter() -> None:
    other = LIBRARY.replace("311", "312")
    known = [released(each, [*modules()[1:], LIBRARY, other]) for each in ("1.0", "1.1")]
    for library in (LIBRARY, other):
        files = {path: content(path, "1.1") for path in [*modules()[1:], library]}
        assert told(files, known) == ("1.1",)
