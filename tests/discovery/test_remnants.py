"""A wheel that brought an old copy of another project names that project's users nothing."""

from __future__ import annotations

import numpy as np

from praxi_tasks.discovery import Model, Release
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from tests.support import world

SITE = "opt/venv/lib/python3.11/site-packages"
LIB = [f"lib/m{number}.py" for number in range(40)]
OLD = [f"lib/old/m{number}.py" for number in range(20)]
FORK = [f"fork/m{number}.py" for number in range(50)]


def released(name: str, version: str, paths: list[str]) -> Release:
    lines = [ReleaseFile(path, size_of(path, version), content_of(path, version)) for path in paths]
    return make_release(ReleaseLine(name, version, lines))


def size_of(path: str, version: str) -> int:
    return 300 + world.hash_of(f"{path} {version}") % 9000


def content_of(path: str, version: str) -> str:
    return f"{world.hash_of(f'{path} {version} content') | 1:x}"


def model() -> Model:
    """Return one that knows lib as it is today, and a fork that has lib as it was once, beside its own."""
    known = [released("lib", "9.0", LIB), released("lib", "9.1", LIB)]
    known.append(released("fork", "0.5", [*LIB[:10], *OLD, *FORK]))
    return world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known])])


def layer(version: str, paths: list[str]) -> Tagset:
    spelled = [f"{SITE}/{path}" for path in paths]
    return Tagset(
        "sha256:" + "1" * 64,
        spelled,
        normalise_all(spelled),
        np.array([size_of(path, version) for path in paths], np.uint64),
        np.array([int(content_of(path, version), 16) for path in paths], np.uint64),
        np.ones(len(paths), np.bool_),
    )


def named(tagset: Tagset) -> dict[str, tuple[str, ...]]:
    return {each.name: each.versions for each in model().predict(tagset).releases}


def likely(tagset: Tagset, name: str) -> float:
    _, found, confidence = model().score(tagset)
    places = {
        found.catalogue.packages[package]: place for place, package in enumerate(found.packages.tolist())
    }
    return float(confidence[places[f"pypi/{name}"]])


def of_an_unknown_version() -> Tagset:
    """Return lib in a version of which a few files are as they are today, and a few as they were once."""
    files = layer("1.0", [*LIB, *OLD])
    for rows, version in ((slice(30, 34), "9.0"), (slice(40, 43), "0.5")):
        kept = layer(version, [*LIB, *OLD])
        files.sizes[rows], files.hashes[rows] = kept.sizes[rows], kept.hashes[rows]
    return files


def test_the_fork_is_not_named_for_the_old_projects_files() -> None:
    tagset = of_an_unknown_version()
    assert named(tagset) == {"lib": ()}
    assert likely(tagset, "fork") == 0


def test_byte_code_of_the_old_project_names_no_fork() -> None:
    """Its contents are compared with nothing."""
    files = of_an_unknown_version()
    paths = [f"{path}c" for path in files.paths]
    sizes = np.full(len(paths), 77, np.uint64)
    compiled = Tagset(
        files.digest, paths, normalise_all(paths), sizes, files.hashes & np.uint64(0), files.measured
    )
    assert likely(compiled, "fork") == 0
    assert "fork" not in named(compiled)


def test_packages_of_a_namespace_are_no_remnants_of_each_other() -> None:
    """Many share a top folder; of an old version of one most files are elsewhere by now."""
    paths = {
        name: [f"cloud/{name}/m{number}.py" for number in range(30)] for name in ("base", "queue", "table")
    }
    known = [released(name, "9.0", own) for name, own in paths.items()]
    old = [f"cloud/old/m{number}.py" for number in range(12)]
    known.append(released("old", "9.0", [*old, *(f"cloud/old/v9/m{number}.py" for number in range(30))]))
    several = world.model().replaced(catalogues=[build_catalogue([*world.releases(), *known])])
    files = layer("9.0", [path for own in paths.values() for path in own])
    strange = layer("1.0", old)
    both = Tagset(
        files.digest,
        [*files.paths, *strange.paths],
        normalise_all([*files.paths, *strange.paths]),
        np.concatenate([files.sizes, strange.sizes]),
        np.concatenate([files.hashes, strange.hashes]),
        np.concatenate([files.measured, strange.measured]),
    )
    _, found, confidence = several.score(both)
    places = [found.catalogue.packages[package] for package in found.packages.tolist()]
    assert confidence[places.index("pypi/old")] > 0


def test_the_fork_itself_is() -> None:
    assert named(layer("0.5", [*LIB[:10], *OLD, *FORK])) == {"fork": ("0.5",)}


def test_the_fork_of_an_unknown_version_is() -> None:
    """It has a folder of its own."""
    files = layer("0.7", [*LIB[:10], *OLD, *FORK])
    kept = layer("0.5", [*LIB[:10], *OLD, *FORK])
    files.sizes[::9], files.hashes[::9] = kept.sizes[::9], kept.hashes[::9]
    assert "fork" in named(files)
