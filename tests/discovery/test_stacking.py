"""Images: packages whose files lie in several layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from praxi_tasks.discovery.stacking import stack
from praxi_tasks.fingerprint.tagset import Tagset
from praxi_tasks.learning.damage import Files, install
from tests.support import world

SITE = "usr/local/lib/python3.11/site-packages"


def installed(name: str, version: str) -> Files:
    return install(Files.of(world.find(name, version)), SITE)


def halves(files: Files) -> tuple[Files, Files]:
    even = np.arange(len(files.paths)) % 2 == 0
    return files.keep(even), files.keep(~even)


def test_a_package_split_over_layers_is_one_component() -> None:
    first, second = halves(installed("packagee", "1.0"))
    layers = [world.layer(first, digest="sha256:a"), world.layer(second, digest="sha256:b")]
    (found,) = world.model().predict_image(layers).releases
    assert (found.release.name, found.release.versions) == ("packagee", ("1.0",))
    assert found.layers == ("sha256:a", "sha256:b")


def test_an_upgrade_hides_the_old_version() -> None:
    old = world.layer(installed("packagee", "1.0"), digest="sha256:a")
    new = world.layer(installed("packagee", "2.0"), digest="sha256:b")
    new = replace(new, opaques=(f"{SITE}/packagee",), whiteouts=(f"{SITE}/packagee-1.0.dist-info",))
    (found,) = world.model().predict_image([old, new]).releases
    assert found.release.versions == ("2.0",)
    assert found.layers == ("sha256:b",)


def test_what_was_deleted_is_gone() -> None:
    layer = world.layer(installed("packagee", "1.0"))
    removed = (f"{SITE}/packagee", f"{SITE}/packagee-1.0.dist-info")
    above = replace(Tagset.from_paths("sha256:b", ["etc/motd"]), whiteouts=removed)
    assert world.model().predict_image([layer, above]).releases == ()


def test_a_whiteout_spares_what_its_own_layer_adds_and_neighbours() -> None:
    below = Tagset.from_paths("sha256:a", ["opt/a/x", "opt/ab/x", "opt/a.txt"])
    above = replace(Tagset.from_paths("sha256:b", ["opt/a/new"]), whiteouts=("opt/a",))
    whole, origin = stack([below, above])
    assert dict(zip(whole.paths, origin.tolist(), strict=True)) == {
        "opt/ab/x": 0,
        "opt/a.txt": 0,
        "opt/a/new": 1,
    }


def test_no_layers_leave_nothing() -> None:
    assert world.model().predict_image([]).releases == ()
