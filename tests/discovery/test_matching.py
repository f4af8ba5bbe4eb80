"""What a layer and a catalogue have in common, against the plainest way to say it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from praxi_tasks.discovery import matching
from praxi_tasks.discovery.layer_catalogue import LayerCatalogue
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.matching import LayerKeys, folder_hashes, match_folders, match_keys
from praxi_tasks.fingerprint import (
    DEEPEST,
    PathColumns,
    hash_text,
    normalise_all,
    parent_folder,
    shallow_folder,
)
from praxi_tasks.learning.catalogue import build_catalogue
from praxi_tasks.learning.data.release_files import ReleaseFile, ReleaseLine, make_release
from tests.support import world

DUPLICATE = [ReleaseFile(f"packagea/module{number}.py", 1, "ab") for number in range(3)]
RELEASES = [*world.releases()[:6], make_release(ReleaseLine("packagea-light", "1.0", DUPLICATE))]
CATALOGUE = build_catalogue(RELEASES)
SITE = "usr/local/lib/python3.11/site-packages"
PARTS = st.sampled_from(["packagea", "packageb", "shared", "tests", "x", "__pycache__", ""])
NAMES = st.sampled_from(["__init__.py", "core.py", "core.cpython-311.pyc", "module1.py", "module1.pyc"])
OWN = [path for release in RELEASES for path in release.paths]
PATHS = st.one_of(
    st.sampled_from(OWN).map(lambda path: path.replace("site-packages", SITE, 1)),
    st.builds(lambda *parts: "/".join([SITE, *filter(None, parts)]), PARTS, PARTS, NAMES),
    st.builds(lambda *parts: "/".join(filter(None, parts)), PARTS, NAMES),
)


def known_of(columns: PathColumns) -> LayerCatalogue:
    return Lookup([CATALOGUE]).of_layer(LayerKeys.of(columns).keys, folder_hashes(columns.folders))


@given(st.lists(PATHS, unique=True))
def test_every_key_stands_once_for_its_first_original(paths: list[str]) -> None:
    columns = normalise_all(paths)
    layer = LayerKeys.of(columns)
    assert layer.keys.tolist() == sorted(set(columns.keys.tolist()))
    assert layer.keys[layer.key_of].tolist() == columns.keys.tolist()
    first: dict[int, int] = {}
    for row in sorted(range(len(paths)), key=lambda row: (columns.derived[row], row)):
        first.setdefault(int(columns.keys[row]), row)
    assert layer.rows.tolist() == [first[key] for key in layer.keys.tolist()]


@given(st.lists(PATHS, unique=True))
def test_every_owner_of_every_key_is_found(paths: list[str]) -> None:
    columns = normalise_all(paths)
    layer, known = LayerKeys.of(columns), known_of(columns)
    table, owners = CATALOGUE.keys.tolist(), CATALOGUE.owners.tolist()
    expected = [
        (place, CATALOGUE.packages[owners[entry]])
        for place, key in enumerate(layer.keys.tolist())
        for entry in range(bisect_left(table, key), bisect_right(table, key))
    ]
    found = match_keys(layer, known)
    names = [known.packages[package] for package in found.packages.tolist()]
    assert list(zip(found.keys.tolist(), names, strict=True)) == expected


@given(st.lists(PATHS, unique=True))
def test_a_folder_belongs_to_the_owner_of_the_nearest_one_above(paths: list[str]) -> None:
    columns = normalise_all(paths)
    folders, mine = columns.folders, known_of(columns)
    known = CATALOGUE.folders.tolist()
    expected = []
    for folder in folders:
        place: str | None = folder
        while place is not None and hash_text(place) not in known:
            place = parent_folder(place)
        owner = "" if place is None else CATALOGUE.packages[_owner_of(known.index(hash_text(place)))]
        expected.append(owner)
    owners = match_folders(folders, mine)[:, 0].tolist()
    assert [mine.packages[owner] if owner >= 0 else "" for owner in owners] == expected


def _owner_of(row: int) -> int:
    return int(CATALOGUE.folder_owners[row])


def test_folders_deeper_than_any_release_cost_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "_BATCH", 1 << 10)
    folders = [f"py:packageb/{'a/' * depth}x" for depth in (1, DEEPEST, 1500)]
    folders += [f"d{number}/{'a/' * 1500}x" for number in range(3)]
    known = Lookup([CATALOGUE]).of_layer(CATALOGUE.keys[:0], folder_hashes(folders))
    owners = match_folders(folders, known)[:, 0].tolist()
    assert owners[0] >= 0
    assert owners == [owners[0]] * 3 + [-1] * 3
    places, _ = matching._places([*map(shallow_folder, folders)])
    assert len(places) <= DEEPEST * len(folders)
