"""Packages that leave the same files: one is named, and the others are said to tie with it."""

from __future__ import annotations

import numpy as np

from praxi_tasks.discovery.model import Model
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.synthesis import Files
from tests.support import world


def indistinguishable() -> Model:
    """Return a model of two packages whose modules have the same paths, and whose metadata have not."""
    modules = [ReleaseFile(f"both/module{number}.py", 100 + number, "ab") for number in range(9)]
    releases = [
        make_release(
            ReleaseLine(name, "1.0", [*modules, ReleaseFile(f"{name}-1.0.dist-info/METADATA", 5, "ab")])
        )
        for name in ("both", "both-light")
    ]
    return Model([build_catalogue(releases)], world.model().scorer)


def layer(*metadata: str) -> Files:
    paths = [f"usr/local/lib/python3.11/site-packages/both/module{number}.py" for number in range(9)]
    paths += [f"usr/local/lib/python3.11/site-packages/{name}-1.0.dist-info/METADATA" for name in metadata]
    blank = np.zeros(len(paths), np.uint64)
    return Files(paths, blank, blank, np.zeros(len(paths), np.bool_))


def test_of_twins_one_is_named_and_the_tie_is_told() -> None:
    (named,) = indistinguishable().predict(world.layer(layer())).releases
    assert (named.name, named.ties) == ("both", ("pypi/both-light",))


def test_of_twins_the_one_is_named_whose_contents_are_there() -> None:
    modules = [ReleaseFile(f"both/module{number}.py", 100 + number, f"{number + 1:x}") for number in range(9)]
    others = [ReleaseFile(file.path, file.size + 1, "ff") for file in modules]
    releases = [
        make_release(ReleaseLine("both", "1.0", others)),
        make_release(ReleaseLine("both-light", "1.0", modules)),
    ]
    model = Model([build_catalogue(releases)], world.model().scorer)
    files = Files.of(releases[1])
    site = [f"usr/local/lib/python3.11/site-packages/{path}" for path in files.paths]
    installed = Files(site, files.sizes, files.hashes, files.measured)
    (named,) = model.predict(world.layer(installed)).releases
    assert (named.name, named.versions, named.ties) == ("both-light", ("1.0",), ("pypi/both",))


def test_packages_of_their_own_tie_with_nobody() -> None:
    prediction = world.model().predict(world.layer(Files.of(world.find("packagec", "1.0"))))
    assert [release.ties for release in prediction.releases] == [()]
