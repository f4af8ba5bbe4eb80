"""Software that was moved is found again, and what only looks moved is not."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.discovery.candidate_search import search_candidates
from praxi_tasks.discovery.lookup import Lookup
from praxi_tasks.discovery.release import Release
from praxi_tasks.fingerprint import Tagset, hash_text, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue

HEADERS = [f"usr/include/kit/part{number}.h" for number in range(6)]


def release(name: str, *paths: str) -> Release:
    blank = np.zeros(len(paths), np.uint64)
    measured = np.zeros(len(paths), np.bool_)
    return Release("deb", name, "", list(paths), normalise_all(paths), blank, blank, measured)


KNOWN = Lookup([build_catalogue([release("kit-dev", *HEADERS), release("other", "usr/bin/other")])])


SHARING = [release(name, f"usr/include/{name}.h", f"usr/bin/{name}") for name in ("one", "two")]


def sighted(*paths: str) -> list[str]:
    _, found = search_candidates(Tagset.from_paths("sha256:" + "0" * 64, paths), KNOWN)
    return [found.catalogue.packages[package] for package in found.packages.tolist()]


@pytest.mark.parametrize("prefix", ["opt/kit", "srv/root/usr", "usr/local"])
def test_what_was_moved_is_found(prefix: str) -> None:
    assert sighted(*(path.replace("usr", prefix, 1) for path in HEADERS)) == ["deb/kit-dev"]


@pytest.mark.parametrize("machine", ["arm-linux-gnueabihf", "i686-w64-mingw32", "sh-elf"])
def test_what_a_cross_compiler_brings_was_not_moved(machine: str) -> None:
    assert sighted(*(path.replace("usr", f"usr/{machine}", 1) for path in HEADERS)) == []


def test_where_nothing_was_moved_the_layer_stays_as_it_is() -> None:
    tagset = Tagset.from_paths("sha256:" + "0" * 64, [*HEADERS, "opt/tool/run"])
    assert search_candidates(tagset, KNOWN)[0] is tagset


def test_what_two_indexes_have_is_found_where_it_was_moved() -> None:
    names = ("kit-dev", "kit2-dev", "kit3-dev")
    parts = [build_catalogue([release(name, *HEADERS), SHARING[0], SHARING[1]]) for name in names]
    tagset = Tagset.from_paths("sha256:" + "0" * 64, [path.replace("usr", "opt/kit", 1) for path in HEADERS])
    for count in (2, 3):
        _, found = search_candidates(tagset, Lookup(parts[:count]))
        named = {found.catalogue.packages[place] for place in found.packages.tolist()}
        assert named == {f"deb/{name}" for name in names[:count]}
        assert hash_text("usr/include/kit") not in found.catalogue.folders.tolist()  # it is nobody's own


@pytest.mark.parametrize("home", ["app", "opt/conda/lib", "srv/web/node_modules/other"])
def test_what_npm_installs_is_found_in_whichever_folder(home: str) -> None:
    paths = [f"usr/local/lib/node_modules/kit/part{number}.js" for number in range(6)]
    known = Lookup([build_catalogue([release("kit", *paths)])])
    moved = Tagset.from_paths("", [path.replace("usr/local/lib", home, 1) for path in paths])
    assert search_candidates(moved, known)[1].catalogue.packages == ["deb/kit"]
