"""Features of the whole layer: how much of it is unclaimed, and whether a package left its licence."""

from __future__ import annotations

import numpy as np
import pytest

from praxi_tasks.discovery.layer_context import LayerContext, has_copyright_file, share, weighted_mean
from praxi_tasks.discovery.matching import LayerKeys
from praxi_tasks.fingerprint import PathKind, Tagset

MAIN = (PathKind.MAIN,)


def layer(*paths: str) -> tuple[Tagset, LayerKeys]:
    tagset = Tagset.from_paths("sha256:" + "0" * 64, list(paths))
    return tagset, LayerKeys.of(tagset.normalised)


def around(paths: list[str], claimed: list[str]) -> LayerContext:
    tagset, keys = layer(*paths)
    known = {paths.index(path) for path in claimed}
    matched = np.array([place for place, row in enumerate(keys.rows.tolist()) if row in known], np.intp)
    nobody = np.full((len(tagset.normalised.folders), 2), -1)
    return LayerContext(tagset, keys, matched, nobody)


def test_an_applications_tree_counts_once() -> None:
    tree = [f"srv/shop/node{number}/index.js" for number in range(50)]
    packages = ["usr/bin/one", "etc/two/conf", "usr/lib/three/x"]
    assert around([*packages, *tree], packages).unclaimed_share(MAIN) == pytest.approx(1 / 4)


def test_a_layer_of_unknown_software_is_wholly_unclaimed() -> None:
    assert around(["usr/bin/one", "etc/two/conf"], []).unclaimed_share(MAIN) == 1


def test_there_is_no_saying_without_such_files() -> None:
    assert np.isnan(around(["usr/bin/one"], []).unclaimed_share((PathKind.DOC,)))


def test_folders_of_hits_tell_how_much_in_them_is_unclaimed() -> None:
    context = around(["usr/bin/one", "usr/bin/two", "etc/three"], ["usr/bin/one"])
    hit = np.flatnonzero(context.claimed)
    assert context.unclaimed_beside(np.zeros(1, np.intp), hit, 2).tolist() == [0.5, 0]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["usr/share/doc/tree/copyright"], [1, 0]),
        (["usr/share/doc/tree/html/index.html"], [0, 0]),
        (["usr/share/doc/other/copyright", "usr/share/doc/tree"], [1, 0]),
    ],
)
def test_a_licence_or_a_link_speaks_for_a_package(paths: list[str], expected: list[float]) -> None:
    answers = has_copyright_file(["deb/tree", "deb/bush", "pypi/tree"], *layer(*paths))
    assert answers[:2].tolist() == expected
    assert np.isnan(answers[2])


def test_without_documents_no_licence_is_missed() -> None:
    assert np.isnan(has_copyright_file(["deb/tree"], *layer("usr/bin/tree"))).all()


def test_the_mean_is_of_what_is_certain() -> None:
    values, weights = np.array([0.5, 1.0, 0.0]), np.array([1.0, 3.0, 9.0])
    assert weighted_mean(values, weights, np.array([True, True, False])) == pytest.approx(0.875)
    assert np.isnan(weighted_mean(values, weights, np.zeros(3, np.bool_)))


def test_a_share_of_nothing_is_none() -> None:
    assert share(np.array([0, 1]), np.array([0, 4])).tolist() == [0, 0.25]
