"""Files that can't be what their paths say: too short, no programs, or links to something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from praxi_tasks.discovery.decision_rule import DecisionRule
from praxi_tasks.discovery.hollow import LEAST_LIBRARY, LEAST_PROGRAM
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.release import Release
from praxi_tasks.fingerprint import Form, Tagset, normalise_all
from praxi_tasks.learning.catalogue import build_catalogue

LIB = "usr/lib/x86_64-linux-gnu/libtool.so.2.1"
INIT = "usr/lib/python3/dist-packages/tool/__init__.py"
NAMES = {
    "tool": ("usr/sbin/tool",),
    "libtool2": (LIB,),
    "tool-data": ("usr/share/tool/a", "usr/share/tool/b"),
}


def release(name: str, *paths: str) -> Release:
    blank = np.zeros(len(paths), np.uint64)
    known = np.zeros(len(paths), np.bool_)
    return Release("deb", name, "", list(paths), normalise_all(paths), blank, blank, known)


EVERYTHING = DecisionRule("threshold", 0.0)
MODEL = Model(
    [build_catalogue(release(name, *paths) for name, paths in NAMES.items())], decision_rule=EVERYTHING
)


def layer(sizes: Mapping[str, int | None]) -> Tagset:
    """Return a layer of files with sizes, or links."""
    tagset = Tagset.from_paths("sha256:" + "0" * 64, list(sizes))
    return replace(
        tagset,
        sizes=np.array([size or 0 for size in sizes.values()], np.uint64),
        hashes=np.arange(1, len(sizes) + 1, dtype=np.uint64),
        measured=np.array([size is not None for size in sizes.values()], np.bool_),
    )


def said(
    sizes: Mapping[str, int | None], forms: dict[str, Form] | None = None, model: Model = MODEL
) -> tuple[set[str], set[str]]:
    """Return what is named, and of what look-alikes are told.

    Parameters
    ----------
    forms
        Of some of the files; that of the others is a program's. Nobody knows them where it is None.
    """
    tagset = layer(sizes)
    if forms is not None:
        column = [forms.get(path, Form.PROGRAM) for path in sizes]
        tagset = replace(tagset, forms=np.array(column, np.uint8))
    found = model.predict(tagset)
    return {each.name for each in found.releases}, {each.name for each in found.look_alikes}


@pytest.mark.parametrize(
    ("path", "size", "name"),
    [
        ("usr/sbin/tool", 11, "tool"),
        ("usr/sbin/tool", 0, "tool"),
        ("usr/sbin/tool", LEAST_PROGRAM - 1, "tool"),
        (LIB, LEAST_LIBRARY - 1, "libtool2"),
    ],
)
def test_a_file_too_short_for_its_path_is_a_look_alike(path: str, size: int, name: str) -> None:
    assert said({path: size}) == (set(), {name})


def test_one_that_is_long_enough_is_named() -> None:
    assert said({"usr/sbin/tool": LEAST_PROGRAM, LIB: LEAST_LIBRARY}) == ({"tool", "libtool2"}, set())


def test_a_tree_of_empty_files_is_nobodys() -> None:
    assert said({"usr/share/tool/a": 0, "usr/share/tool/b": 0}) == (set(), {"tool-data"})
    assert said({"usr/share/tool/a": 0, "usr/share/tool/b": 1}) == ({"tool-data"}, set())


def test_links_and_files_that_are_often_empty_show_nothing() -> None:
    assert said({"usr/sbin/tool": None}) == ({"tool"}, set())
    known = build_catalogue([release("python3-tool", INIT, "usr/share/tool/.keep")])
    model = Model([known], decision_rule=EVERYTHING)
    found = model.predict(layer({INIT: 0, "usr/share/tool/.keep": 0}))
    assert [each.name for each in found.releases] == ["python3-tool"]


def test_what_no_system_runs_is_no_command_and_no_library() -> None:
    long = {"usr/sbin/tool": 5_000, LIB: 5_000}
    assert said(long, {}) == ({"tool", "libtool2"}, set())
    assert said(long, dict.fromkeys(long, Form.PLAIN)) == (set(), {"tool", "libtool2"})
    data = {"usr/share/tool/a": 5_000}
    assert said(data, {"usr/share/tool/a": Form.PLAIN}) == ({"tool-data"}, set())


def test_a_short_command_beside_other_files_of_its_package_is_named() -> None:
    known = build_catalogue([release("tools", "usr/bin/tool", "usr/share/tools/data")])
    model = Model([known], decision_rule=EVERYTHING)
    assert said({"usr/bin/tool": 30}, {}, model) == (set(), {"tools"})
    assert said({"usr/bin/tool": 30, "usr/share/tools/data": 9}, {}, model) == ({"tools"}, set())


def test_links_to_something_else_are_nobodys() -> None:
    link = {"usr/sbin/tool": None}
    assert said(link, {"usr/sbin/tool": Form.LINK}) == ({"tool"}, set())
    assert said(link, {"usr/sbin/tool": Form.OTHER_LINK}) == (set(), set())
    hard = {"usr/sbin/tool": 90_000}
    assert said(hard, {"usr/sbin/tool": Form.OTHER_LINK}) == (set(), set())


def known_with_links(paths: list[str], links: int) -> Model:
    """Return a model that knows the contents of a package, of whose paths the first are links."""
    contents = np.arange(1, len(paths) + 1, dtype=np.uint64) * 900
    contents[:links] = 0
    known = Release("deb", "it", "1", paths, normalise_all(paths), contents, contents, contents != 0)
    return Model([build_catalogue([known])], decision_rule=EVERYTHING)


@pytest.mark.parametrize(
    ("path", "form", "named"),
    [
        ("bin/sh", Form.OTHER_LINK, False),  # to BusyBox
        ("bin/sh", Form.LINK, False),  # to bash: dash itself is not there
        ("bin/dash", Form.OTHER_LINK, False),
        ("bin/dash", Form.LINK, True),  # its file is a link, as in uv's environments
    ],
)
def test_a_link_that_a_package_has_beside_its_files_does_not_stand_for_it(
    path: str, form: Form, named: bool
) -> None:
    model = known_with_links(["bin/sh", "bin/dash"], 1)
    assert said({path: None}, {path: form}, model) == ({"it"} if named else set(), set())


def test_few_links_of_a_package_of_links_have_to_be_called_like_what_they_lead_to() -> None:
    """Those of binutils lead to programs of a like name, those of BusyBox in their place do not."""
    model = known_with_links(["bin/ar", "bin/as", "bin/ld", "bin/nm"], 4)
    assert said({"bin/ar": None}, {"bin/ar": Form.OTHER_LINK}, model) == (set(), set())
    assert said({"bin/ar": None}, {"bin/ar": Form.LINK}, model) == ({"it"}, set())
    half = dict.fromkeys(["bin/ar", "bin/nm"])
    assert said(half, dict.fromkeys(half, Form.OTHER_LINK), model) == ({"it"}, set())


def test_a_package_whose_contents_are_known_installs_such_a_link_or_does_not() -> None:
    paths = ["usr/sbin/halt", "usr/sbin/init"]
    empty, whole = np.zeros(2, np.uint64), np.array([900, 901], np.uint64)
    links = Release("deb", "links", "1", paths, normalise_all(paths), empty, empty, empty != 0)
    files = Release("deb", "files", "1", paths, normalise_all(paths), whole, whole, whole != 0)
    layer_of_links = dict.fromkeys(paths)
    for known, named in ((links, {"links"}), (files, set())):
        model = Model([build_catalogue([known])], decision_rule=EVERYTHING)
        forms = dict.fromkeys(paths, Form.OTHER_LINK)
        assert said(layer_of_links, forms, model) == (named, set())
        assert said(layer_of_links, None, model)[0] == {known.name}
