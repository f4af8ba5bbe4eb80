"""Trains the scorer on synthetic layers in which some packages are unknown: held out of the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks.discovery import Catalogue, Release, Scorer, hiding, join_catalogues
from praxi_tasks.learning.catalogue import (
    ECOSYSTEM,
    MOST_ARCHIVE_FILES,
    Archive,
    build_catalogue,
    confusable_groups,
    read_packages,
)
from praxi_tasks.learning.estimators import (
    SCORER_ARCHIVE_LAYERS,
    SCORER_DEFAULTS,
    SCORER_LAYERS,
    ScorerHyperparameters,
    train_scorer,
)
from praxi_tasks.learning.synthesis import LayerSampler

HELD_OUT_SHARE: Final = 0.1
"""Share of the packages that are held out of the catalogue, to train the scorer on unknown ones."""

ARCHIVE_SAMPLE: Final = 4_000
"""How many packages of an archive the scorer is trained on, besides those that share paths."""

MANY: Final = 10_000
"""A catalogue of so many packages is a whole archive's: its scorer is trained on more layers."""

MOST: Final = 60
"""How many packages the layers hold that the scorer is trained on, at most, but for whole systems."""

SYSTEMS: Final = 0.04
"""Share of the layers that are whole root file systems. A scorer that saw none doubts what is in them."""

HELD_OUT_SAMPLE: Final = 4_000
"""How many held-out packages of an archive are added: only they show what unknown ones look like."""


class Drawn(NamedTuple):
    """What a scorer is trained on.

    ``reduced`` are parts without the held-out packages; ``ordinary`` are the releases that were drawn
    from the whole archive, rather than for sharing paths or being held out.
    """

    reduced: Sequence[Catalogue]
    releases: Sequence[Release]
    groups: Sequence[Sequence[str]]
    held_out_packages: Collection[str]
    layers: int
    ordinary: Sequence[Release]


def make_scorer(
    archives: Sequence[Path],
    archive: Archive | None,
    known: Sequence[Release],
    rng: np.random.Generator,
    hyperparameters: ScorerHyperparameters = SCORER_DEFAULTS,
    layers: int | None = None,
    beside: Sequence[Catalogue] = (),
) -> Scorer:
    """Train a scorer on layers with some unknown packages: those that were held out of the catalogue.

    Parameters
    ----------
    layers
        How many; by default as many as the catalogue's size asks for.
    beside
        Parts of the model that know other packages, and perhaps some of ``known``: they are neither merged
        nor copied.
    """
    drawn = draw_training(archives, archive, known, rng, beside)
    return train_drawn(drawn if layers is None else drawn._replace(layers=layers), rng, hyperparameters)


def train_drawn(
    drawn: Drawn, rng: np.random.Generator, hyperparameters: ScorerHyperparameters = SCORER_DEFAULTS
) -> Scorer:
    """Train a scorer on what was drawn."""
    groups, held_out_packages = drawn.groups, drawn.held_out_packages
    sampler = LayerSampler(
        drawn.releases, rng, groups=groups, held_out_packages=held_out_packages, most=MOST, systems=SYSTEMS
    )
    return train_scorer(sampler, drawn.reduced, drawn.layers, hyperparameters)


def draw_training(
    archives: Sequence[Path],
    archive: Archive | None,
    known: Sequence[Release],
    rng: np.random.Generator,
    beside: Sequence[Catalogue] = (),
) -> Drawn:
    """Hold out packages, and draw what the scorer is trained on: all releases, and a sample of an archive.

    Parameters
    ----------
    archives, archive
        The Contents indexes of an archive and what was read of them, if there is one.
    beside
        See :func:`make_scorer`.
    """
    packages = sorted({release.package for release in known})
    held = {name for name in packages if rng.random() < HELD_OUT_SHARE}
    parts = [build_catalogue(release for release in known if release.package not in held)]
    whole = [build_catalogue(known)]
    if archive is not None:
        parts, whole = [archive.reduced, *parts], [archive.catalogue, *whole]
    catalogue = join_catalogues(whole)
    # Also groups of two ecosystems: a wheel and the archive's own package.
    groups = confusable_groups(catalogue)
    held_out_packages = held | archive.held if archive else held
    hidden = hiding((part.pack for part in beside), held)
    count = len(catalogue.packages) + sum(len(part.packages) for part in beside)
    drawn = rng.permutation(len(catalogue.packages))[:ARCHIVE_SAMPLE].tolist()
    ordinary = {catalogue.packages[place] for place in drawn}
    sample = _sample(archives, ordinary, groups, held_out_packages, rng)
    return Drawn(
        reduced=[*beside, *hidden, *parts],
        releases=[*known, *sample],
        groups=groups,
        held_out_packages=held_out_packages,
        layers=SCORER_ARCHIVE_LAYERS if count >= MANY else SCORER_LAYERS,
        ordinary=[one for one in sample if one.package in ordinary and len(one.paths) < MOST_ARCHIVE_FILES],
    )


def _sample(
    archives: Sequence[Path],
    ordinary: Collection[str],
    groups: Sequence[Sequence[str]],
    held: Collection[str],
    rng: np.random.Generator,
) -> list[Release]:
    """Read some packages of the archives: randomly drawn ones, those that share paths, and some held out."""
    prefix = f"{ECOSYSTEM}/"
    chosen = {*ordinary, *(name for group in groups for name in group)}
    chosen |= set(rng.permutation(sorted(held))[:HELD_OUT_SAMPLE].tolist())
    return read_packages(
        archives,
        {name.removeprefix(prefix) for name in chosen if name.startswith(prefix)},
        MOST_ARCHIVE_FILES,
    )
