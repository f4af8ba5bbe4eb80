"""Suites of one distribution in one model: what a rename leaves behind names nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from praxi_tasks.discovery.candidate_search import search_candidates
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.prediction import LayerPrediction
from praxi_tasks.discovery.release import Release
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue
from tests.support import world

LIB = "usr/lib/x86_64-linux-gnu"
SSL = (f"{LIB}/libssl.so.3", f"{LIB}/libcrypto.so.3", f"{LIB}/ossl-modules/legacy.so")
CURL = (f"{LIB}/libcurl.so.4", f"{LIB}/libcurl.so.4.8.0")


def suite(pack: str, packages: dict[str, tuple[str, ...]]) -> Catalogue:
    def release(name: str, paths: tuple[str, ...]) -> Release:
        own = [*paths, f"usr/share/doc/{name}/copyright"]
        blank = np.zeros(len(own), np.uint64)
        return Release("deb", name, "", own, normalise_all(own), blank, blank, np.zeros(len(own), np.bool_))

    return replace(build_catalogue(release(*each) for each in packages.items()), pack=pack)


OLD = suite(
    "debian/old",
    {
        "libssl3": SSL,
        "libcurl4": CURL,
        "libicu72": (f"{LIB}/libicudata.so.72",),
        "shell": ("usr/bin/shell", "usr/bin/old-helper"),
    },
)
NEW = suite(
    "debian/new",
    {
        "libssl3t64": SSL,
        "libcurl4t64": CURL,
        "libicu76": (f"{LIB}/libicudata.so.76",),
        "shell": ("usr/bin/shell", "usr/bin/new-helper", "usr/bin/newer-helper"),
    },
)
BOTH = Lookup([OLD, NEW])


def candidates(*paths: str, suite: str = "", known: Lookup = BOTH) -> set[str]:
    tagset = Tagset.from_paths("sha256:" + "0" * 64, paths)
    _, found = search_candidates(tagset, known, suite)
    return {found.catalogue.packages[place].removeprefix("deb/") for place in found.packages.tolist()}


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_a_layer_is_read_with_the_suite_that_knows_most_of_it(order: tuple[Catalogue, ...]) -> None:
    known = Lookup(order)
    new = candidates(*SSL, *CURL, f"{LIB}/libicudata.so.76", known=known)
    assert new == {"libssl3t64", "libcurl4t64", "libicu76"}
    old = candidates(*SSL, *CURL, f"{LIB}/libicudata.so.72", known=known)
    assert old == {"libssl3", "libcurl4", "libicu72"}


def test_documents_tell_the_suite_too() -> None:
    assert candidates(*SSL, "usr/share/doc/libssl3t64/copyright") == {"libssl3t64"}


def test_what_an_upgrade_left_is_named_beside() -> None:
    left = (f"{LIB}/libicudata.so.72", "usr/bin/new-helper", f"{LIB}/libicudata.so.76")
    assert candidates(*SSL, *left) == {"libssl3t64", "libicu76", "libicu72", "shell"}


def test_where_nothing_tells_both_are_candidates_and_the_image_decides() -> None:
    assert candidates(*SSL) == {"libssl3", "libssl3t64"}
    assert candidates(*SSL, suite="debian/new") == {"libssl3t64"}
    assert candidates(*SSL, suite="debian/old") == {"libssl3"}
    assert candidates(*SSL, suite="debian/unknown") == {"libssl3", "libssl3t64"}


def test_a_package_has_as_many_paths_as_in_the_layers_own_suite() -> None:
    paths = ("usr/bin/shell", "usr/bin/old-helper", "usr/share/doc/shell/copyright")
    _, found = search_candidates(Tagset.from_paths("sha256:" + "0" * 64, paths), BOTH)
    assert found.catalogue.packages == ["deb/shell"]
    assert found.catalogue.expected.tolist() == [2]


def test_indexes_of_languages_and_what_a_site_learned_are_no_suites() -> None:
    site = suite("site", {"own-tool": SSL})
    named = candidates(*SSL, *CURL, f"{LIB}/libicudata.so.76", known=Lookup([OLD, NEW, site]))
    assert named == {"libssl3t64", "libcurl4t64", "libicu76", "own-tool"}


def test_paths_that_a_big_package_is_not_known_by_are_no_other_suites() -> None:
    zones = tuple(f"usr/share/zoneinfo/{region}/{n}" for region in "abcdefgh" for n in range(100))
    old = suite("debian/old", {"tzdata": zones, "shell": ("usr/bin/shell",)})
    new = suite("debian/new", {"tzdata": zones[:400], "tzdata-legacy": zones[400:]})
    known = Lookup([old, new])
    assert candidates(*zones, "usr/bin/shell", known=known, suite="debian/old") == {"tzdata", "shell"}
    assert candidates(*zones, known=known, suite="debian/new") == {"tzdata", "tzdata-legacy"}


def test_what_lies_in_the_folder_of_a_package_of_which_all_paths_are_known_is_another_suites() -> None:
    old = suite("debian/old", {"tool": ("usr/share/tool/a", "usr/share/tool/b"), "shell": ("usr/bin/shell",)})
    new = suite("debian/new", {"tool-extra": ("usr/share/tool/c",)})
    paths = ("usr/share/tool/a", "usr/share/tool/b", "usr/share/tool/c", "usr/bin/shell")
    assert candidates(*paths, known=Lookup([old, new])) == {"tool", "shell", "tool-extra"}


MOUNT = (f"{LIB}/libmount.so.1", f"{LIB}/libmount.so.1.1.0")


def with_contents(
    pack: str, contents: int, paths: tuple[str, ...] = MOUNT, version: str = "2.41"
) -> Catalogue:
    """Return what a pack knows of libmount1 by its files: those of one version."""
    sizes = np.full(len(paths), 4000, np.uint64)
    hashes = np.arange(1, len(paths) + 1, dtype=np.uint64) * np.uint64(contents)
    measured = np.ones(len(paths), np.bool_)
    release = Release("deb", "libmount1", version, list(paths), normalise_all(paths), sizes, hashes, measured)
    return replace(build_catalogue([release]), pack=pack)


def mounted(contents: int, suite: str, *parts: Catalogue, paths: tuple[str, ...] = MOUNT) -> LayerPrediction:
    """Return what a layer with libmount1 is said to have, whose files have some contents."""
    known = with_contents("", contents, paths).contents_of(0)
    tagset = Tagset(
        "sha256:" + "0" * 64,
        list(paths),
        normalise_all(paths),
        known.sizes,
        known.hashes[np.searchsorted(known.keys, normalise_all(paths).keys)],
        np.ones(len(paths), np.bool_),
    )
    return world.model().replaced(catalogues=[*world.model().parts, *parts]).predict(tagset, suite)


@pytest.mark.parametrize("order", [1, -1])
def test_another_suites_contents_make_no_look_alike(order: int) -> None:
    """The layer's suite has the package by its paths: its own build of it is unlike any other's."""
    parts = [suite("debian/old", {"libmount1": MOUNT}), with_contents("debian/new", 7)][::order]
    old = mounted(9, "debian/old", *parts)
    assert [(each.name, each.versions, each.denied) for each in old.releases] == [("libmount1", (), ())]
    assert old.look_alikes == ()
    new = mounted(9, "debian/new", *parts)
    assert new.releases == ()
    assert [each.name for each in new.look_alikes] == ["libmount1"]


def test_another_suites_build_is_known_by_its_contents() -> None:
    parts = [suite("debian/old", {"libmount1": MOUNT}), with_contents("debian/new", 7)]
    (release,) = mounted(7, "debian/old", *parts).releases
    assert release.versions == ("2.41",)


def test_what_the_suite_or_the_site_has_the_contents_of_is_compared() -> None:
    paths = suite("debian/old", {"libmount1": MOUNT})
    for known in (with_contents("debian/old", 8), with_contents("site", 8)):
        prediction = mounted(9, "debian/old", paths, known, with_contents("debian/new", 7))
        assert [each.name for each in prediction.look_alikes] == ["libmount1"]


def test_a_document_that_another_suite_has_as_well_tells_no_version() -> None:
    """Lintian's overrides seldom change, and the libraries beside them are none of that version's."""
    notes = "usr/share/lintian/overrides/libmount1"
    old = (notes, f"{LIB}/libmount-2.35.so", f"{LIB}/libmount-2.35.so.0")
    new = (notes, f"{LIB}/libmount-2.41.so", f"{LIB}/libmount-2.41.so.0")
    parts = [suite("debian/old", {"libmount1": old}), with_contents("debian/new", 7, new)]
    assert [each.versions for each in mounted(7, "debian/old", *parts, paths=old).releases] == [()]


def test_a_file_that_was_the_packages_in_another_suite_costs_no_version() -> None:
    """Debian moved tools from login to util-linux: there they are in a layer of the newer suite."""
    old, new = (*MOUNT, "usr/bin/tool", "usr/bin/other-tool"), MOUNT
    parts = [with_contents("debian/old", 9, old, "2.35"), with_contents("debian/new", 7, new)]
    tools = suite("debian/new", {"tools": old[2:]})
    (release,) = (
        each
        for each in mounted(7, "debian/new", *parts, tools, paths=old).releases
        if each.name == "libmount1"
    )
    assert release.versions == ("2.41",)


def test_what_came_from_another_suite_has_its_version() -> None:
    """As where one package was upgraded to a newer suite's."""
    parts = [with_contents("debian/old", 9, version="2.35"), with_contents("debian/new", 7)]
    assert [each.versions for each in mounted(7, "debian/old", *parts).releases] == [("2.41",)]
    assert [each.versions for each in mounted(9, "debian/old", *parts).releases] == [("2.35",)]
    strange = mounted(5, "debian/old", *parts)
    assert (strange.releases, len(strange.look_alikes)) == ((), 1)
