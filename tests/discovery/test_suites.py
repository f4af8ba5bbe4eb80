"""Suites of one distribution in one model: what a rename leaves behind names nobody."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from praxi_tasks.discovery.candidate_search import search_candidates
from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.release import Release
from praxi_tasks.fingerprint import Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue

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
