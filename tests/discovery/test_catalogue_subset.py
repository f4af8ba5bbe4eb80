"""Parts of a catalogue: without some packages, or of some paths only; of these each knows all there was."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery import Model, Release
from praxi_tasks.discovery.catalogue_subset import narrowed, without
from praxi_tasks.fingerprint import Tagset
from praxi_tasks.learning.catalogue.builder import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from praxi_tasks.learning.synthesis import Files
from praxi_tasks.learning.training.repair import folders_of
from tests.support import world

RELEASES = world.releases()[:18]
NAMES = sorted({release.package for release in RELEASES})
WHOLE = build_catalogue(RELEASES)


@given(st.sets(st.sampled_from(NAMES)))
def test_what_stays_is_as_if_the_others_had_never_been(gone: set[str]) -> None:
    left = build_catalogue([release for release in RELEASES if release.package not in gone])
    assert without(WHOLE, gone).to_bytes() == left.to_bytes()


def test_a_catalogue_that_has_none_of_them_is_itself() -> None:
    assert without(WHOLE, {"pypi/stranger"}) is WHOLE


@pytest.mark.parametrize("name", NAMES)
def test_of_a_release_the_narrowed_model_sees_what_the_whole_one_does(name: str) -> None:
    # A stranger that ships half of another package's files, and some of its own in that one's folder.
    host = world.find(name.partition("/")[2], "2.0")
    stranger = made([*host.paths[::2], *(f"{path}.more" for path in host.paths[:3])])
    keys, folders = np.unique(stranger.normalised.keys), np.sort(folders_of([stranger]))
    few = world.model().replaced(catalogues=[narrowed(part, keys, folders) for part in world.model().parts])
    assert len(few.catalogue.packages) < len(world.model().catalogue.packages)
    layer = world.layer(Files.of(stranger))
    assert told(few, layer) == told(world.model(), layer)


def test_a_release_that_shares_nothing_narrows_a_catalogue_to_nothing() -> None:
    nothing = np.empty(0, np.uint64)
    assert narrowed(WHOLE, nothing, nothing).packages == []


def told(model: Model, layer: Tagset) -> list[tuple[str, float]]:
    _, found, confidence = model.score(layer)
    names = [found.catalogue.packages[place] for place in found.packages.tolist()]
    assert names
    return sorted(zip(names, confidence.tolist(), strict=True))


def made(paths: list[str]) -> Release:
    files = [ReleaseFile(path, 7, f"{number + 1:x}") for number, path in enumerate(paths)]
    return make_release(ReleaseLine("stranger", "1", files))
