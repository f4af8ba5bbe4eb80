"""A file that one package overwrote costs another one its version no more than it has to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from praxi_tasks.discovery import Model, Release
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from tests.support import world

SITE = "opt/venv/lib/python3.11/site-packages"
SHARED = "docs/conf.py"
AGAIN = "tests/__init__.py"
FILES = {name: [f"{name}/m{number}.py" for number in range(24)] for name in ("first", "second", "third")}
KNOWN = {
    "first": [*FILES["first"], SHARED],
    "second": [*FILES["second"], SHARED, AGAIN],
    "third": [*FILES["third"], AGAIN],
    "fork": [*FILES["first"][:6], SHARED, "fork/own.py"],
}


def file(name: str, version: str, path: str) -> ReleaseFile:
    text = f"{name} {version} {path}"
    return ReleaseFile(path, 300 + world.hash_of(text) % 9000, f"{world.hash_of(text + ' content') | 1:x}")


def released(name: str, version: str) -> Release:
    lines = [file(name, version, path) for path in KNOWN[name]]
    if name == "fork":  # all but two of its files are the first package's own
        lines[:6] = [file("first", "1.1", path) for path in KNOWN["first"][:6]]
    return make_release(ReleaseLine(name, version, lines))


def taught(*more: Release) -> Model:
    """Return a model that knows two versions of each package."""
    known = [released(name, version) for name in FILES for version in ("1.0", "1.1")]
    return world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known, *more])])


@pytest.fixture(scope="module")
def model() -> Model:
    return taught()


def layer(files: Mapping[str, tuple[str, str]]) -> Tagset:
    """Return a layer's files; each is as a version of a package has it, whatever that is."""
    lines = [file(*of, path) for path, of in files.items()]
    spelled = [f"{SITE}/{each.path}" for each in lines]
    return Tagset(
        "sha256:" + "1" * 64,
        spelled,
        normalise_all(spelled),
        np.array([each.size for each in lines], np.uint64),
        np.array([int(each.hash, 16) for each in lines], np.uint64),
        np.ones(len(lines), np.bool_),
    )


def installed(*names: str, version: str = "1.1") -> dict[str, tuple[str, str]]:
    """Return the files of packages that are installed one after the other."""
    return {path: (name, version) for name in names for path in KNOWN[name]}


def named(model: Model, files: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    return {each.name: each.versions for each in model.predict(layer(files)).releases}


def test_a_file_of_a_later_package_contradicts_no_version(model: Model) -> None:
    assert named(model, installed("first", "second")) == {"first": ("1.1",), "second": ("1.1",)}


def test_one_package_after_the_other_is_settled(model: Model) -> None:
    """What shows who overwrote the first package's file is settled only when the last one's is seen."""
    told = named(model, installed("first", "second", "third"))
    assert told == dict.fromkeys(FILES, ("1.1",))


def test_a_file_that_is_nobodys_still_contradicts(model: Model) -> None:
    files = installed("first") | {SHARED: ("first", "1.2")}
    assert named(model, files) == {"first": ()}


def test_a_package_of_an_unknown_version_claims_no_file(model: Model) -> None:
    """Its own files are those of no version, so that this one may be anybody's."""
    files = installed("first") | installed("second", version="1.2") | {SHARED: ("second", "1.1")}
    assert named(model, files) == {"first": (), "second": ()}


def test_a_fork_claims_no_files_of_what_it_was_made_from() -> None:
    model = taught(released("fork", "1.1"))
    files = installed("first") | {SHARED: ("fork", "1.1"), "fork/own.py": ("fork", "1.1")}
    assert named(model, files) == {"first": (), "fork": ("1.1",)}
