"""A small model of two packs: a suite's and an index's."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from praxi_tasks.discovery import Model, Release
from praxi_tasks.fingerprint import normalise_all
from praxi_tasks.learning.catalogue import build_catalogue
from tests.support import world

PROVENANCE: Final = {
    "debian/one": {
        "org.opencontainers.image.source": "http://deb.example/debian",
        "io.praxi.pack.suite": "one",
    },
    "pypi/two": {"org.opencontainers.image.source": "http://pypi.example/simple"},
}


def deb(name: str, *paths: str) -> Release:
    """Make a package of a distribution, whose version is not known."""
    blank = np.zeros(len(paths), np.uint64)
    measured = np.zeros(len(paths), np.bool_)
    return Release("deb", name, "", list(paths), normalise_all(paths), blank, blank, measured)


def model_of_packs() -> Model:
    """Return a model that has both."""
    suite = build_catalogue([deb("tool", "usr/bin/tool", "usr/share/doc/tool/copyright")])
    index = build_catalogue(world.releases()[:6])
    packs = [replace(suite, pack="debian/one"), replace(index, pack="pypi/two")]
    return Model(packs, world.model().scorer, annotations=PROVENANCE)
