"""From files of training data to a model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from praxi_tasks.discovery.catalogue import Catalogue
from praxi_tasks.discovery.experts import Expert
from praxi_tasks.discovery.joining import join_catalogues
from praxi_tasks.discovery.knowledge import Release
from praxi_tasks.discovery.model import Model
from praxi_tasks.discovery.scorer import Scorer
from praxi_tasks.errors import DataError
from praxi_tasks.learning.building import build_catalogue
from praxi_tasks.learning.changesets import read_changesets
from praxi_tasks.learning.confusable import confusable_groups
from praxi_tasks.learning.contents import ECOSYSTEM, build_contents, is_contents, read_packages
from praxi_tasks.learning.experts import Samples, train_experts
from praxi_tasks.learning.grouping import Routing
from praxi_tasks.learning.releases import read_releases
from praxi_tasks.learning.sampling import LayerSampler
from praxi_tasks.learning.scoring import train_scorer

SEED: Final = 20_260_101
"""Training draws its layers from this seed, so the same data give the same model."""

ARCHIVE_SAMPLE: Final = 1_500
"""How many packages of an archive the scorer is trained on, besides those that share paths."""


def train_model(
    releases: Sequence[Path] = (),
    changesets: Sequence[Path] = (),
    base: Model | None = None,
    routing: Routing = "default",
) -> Model:
    """Learn releases and recorded changesets, on top of what a model knows already.

    Parameters
    ----------
    releases
        Files of releases (see :mod:`~praxi_tasks.learning.releases`) or Contents indexes of Debian.
    changesets
        Files of recordings (see :mod:`~praxi_tasks.learning.changesets`).
    base
        A model whose catalogues and experts are taken over as they are.
    routing
        How labels are assigned to experts.

    Raises
    ------
    DataError
        If a file can't be read, or there is nothing to learn in any of them.
    """
    rng = np.random.default_rng(SEED)
    archives = [path for path in releases if is_contents(path)]
    known = [release for path in releases if path not in archives for release in read_releases(path)]
    learned = _catalogues(archives, known)
    experts = _experts(changesets, routing, rng)
    if not learned and not experts:
        raise DataError("there is nothing to learn", where=", ".join(map(str, (*releases, *changesets))))
    before = base or Model()
    catalogues = [*before.parts, *learned]
    scorer = before.scorer
    if learned and not before.parts:
        scorer = _scorer(catalogues, archives, known, rng)
    return Model(catalogues, scorer, [*before.experts, *experts])


def _catalogues(archives: Sequence[Path], known: Sequence[Release]) -> list[Catalogue]:
    catalogues = [build_contents(archives)] if archives else []
    return [*catalogues, build_catalogue(known)] if known else catalogues


def _experts(changesets: Sequence[Path], routing: Routing, rng: np.random.Generator) -> list[Expert]:
    recordings = [recording for path in changesets for recording in read_changesets(path) if recording.labels]
    return train_experts(Samples.of(recordings), rng, routing=routing) if recordings else []


def _scorer(
    catalogues: Sequence[Catalogue],
    archives: Sequence[Path],
    known: Sequence[Release],
    rng: np.random.Generator,
) -> Scorer:
    catalogue = join_catalogues(catalogues)
    groups = confusable_groups(catalogue)
    sampler = LayerSampler([*known, *_sample(archives, catalogue, groups, rng)], rng, groups=groups)
    return train_scorer(sampler, catalogue)


def _sample(
    archives: Sequence[Path], catalogue: Catalogue, groups: Sequence[Sequence[str]], rng: np.random.Generator
) -> list[Release]:
    """Read back some packages of the archives: those that share paths, and as many others."""
    if not archives:
        return []
    prefix = f"{ECOSYSTEM}/"
    names = [name for name in catalogue.packages if name.startswith(prefix)]
    chosen = {names[place] for place in rng.permutation(len(names))[:ARCHIVE_SAMPLE].tolist()}
    chosen |= {name for group in groups for name in group if name.startswith(prefix)}
    return read_packages(archives, {name.removeprefix(prefix) for name in chosen})
