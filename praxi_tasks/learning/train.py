"""From files of training data to a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from praxi_tasks.learning.contents import ECOSYSTEM, Archive, is_contents, read_archive, read_packages
from praxi_tasks.learning.experts import Samples, train_experts
from praxi_tasks.learning.grouping import Routing
from praxi_tasks.learning.releases import read_releases
from praxi_tasks.learning.sampling import LayerSampler
from praxi_tasks.learning.scoring import train_scorer
from praxi_tasks.learning.wheels import is_wheel, read_wheel

SEED: Final = 20_260_101
"""Training draws its layers from this seed, so the same data give the same model."""

HELD: Final = 0.1
"""Share of the packages that the scorer's training takes as unknown."""

ARCHIVE_SAMPLE: Final = 4_000
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
        Files of releases (see :mod:`~praxi_tasks.learning.releases`), wheels, or Contents indexes of Debian.
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
    archives = [path for path in releases if not is_wheel(path) and is_contents(path)]
    known = [release for path in releases if path not in archives for release in _read(path)]
    experts = _experts(changesets, routing, rng)
    if not archives and not known and not experts:
        raise DataError("there is nothing to learn", where=", ".join(map(str, (*releases, *changesets))))
    before = base or Model()
    archive = read_archive(archives, (), rng, HELD) if archives else None
    learned = [archive.catalogue] if archive else []
    learned += [build_catalogue(known)] if known else []
    scorer = before.scorer
    if learned and not before.parts:
        scorer = make_scorer(archives, archive, known, rng)
    return Model([*before.parts, *learned], scorer, [*before.experts, *experts])


def _read(path: Path) -> Iterable[Release]:
    return [read_wheel(path)] if is_wheel(path) else read_releases(path)


def _experts(changesets: Sequence[Path], routing: Routing, rng: np.random.Generator) -> list[Expert]:
    recordings = [recording for path in changesets for recording in read_changesets(path) if recording.labels]
    return train_experts(Samples.of(recordings), rng, routing=routing) if recordings else []


def make_scorer(
    archives: Sequence[Path], archive: Archive | None, known: Sequence[Release], rng: np.random.Generator
) -> Scorer:
    """Train the scorer on layers of which a few packages are unknown: those that were held out."""
    packages = sorted({release.package for release in known})
    held = {name for name in packages if rng.random() < HELD}
    parts = [build_catalogue(release for release in known if release.package not in held)]
    whole = [build_catalogue(known)]
    if archive is not None:
        parts, whole = [archive.reduced, *parts], [archive.catalogue, *whole]
    catalogue = join_catalogues(whole)
    groups = confusable_groups(
        catalogue
    )  # also those of two ecosystems: a wheel and the archive's own package
    sample = _sample(archives, catalogue, groups, rng)
    sampler = LayerSampler([*known, *sample], rng, groups=groups)
    return train_scorer(sampler, join_catalogues(parts))


def _sample(
    archives: Sequence[Path], catalogue: Catalogue, groups: Sequence[Sequence[str]], rng: np.random.Generator
) -> list[Release]:
    """Read back some packages of the archives: those that share paths, and as many others."""
    prefix = f"{ECOSYSTEM}/"
    chosen = {
        catalogue.packages[place]
        for place in rng.permutation(len(catalogue.packages))[:ARCHIVE_SAMPLE].tolist()
    }
    chosen |= {name for group in groups for name in group}
    return read_packages(archives, {name.removeprefix(prefix) for name in chosen if name.startswith(prefix)})
