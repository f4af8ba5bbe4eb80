"""Trains a model on files of releases, Contents indexes and recorded changesets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks.discovery import Catalogue, Model, Release, Scorer, join_catalogues
from praxi_tasks.errors import DataError
from praxi_tasks.learning.catalogue import (
    ECOSYSTEM,
    MOST_ARCHIVE_FILES,
    Archive,
    build_catalogue,
    confusable_groups,
    is_contents,
    read_archive,
    read_packages,
)
from praxi_tasks.learning.data import choose, is_wheel, read_changesets, read_releases, read_wheel
from praxi_tasks.learning.estimators import (
    DEFAULT_ASSIGNMENT,
    SCORER_ARCHIVE_LAYERS,
    SCORER_DEFAULTS,
    SCORER_LAYERS,
    Assignment,
    Samples,
    ScorerHyperparameters,
    grow,
    train_scorer,
)
from praxi_tasks.learning.synthesis import LayerSampler
from praxi_tasks.learning.training.extend import Added, add_releases, give_experts

SEED: Final = 20_260_101
"""Seed of the synthetic layers: the same data give the same model."""

HELD_OUT_SHARE: Final = 0.1
"""Share of the packages that are held out of the catalogue, to train the scorer on unknown ones."""

ARCHIVE_SAMPLE: Final = 4_000
"""How many packages of an archive the scorer is trained on, besides those that share paths."""

MANY: Final = 10_000
"""A catalogue of so many packages is a whole archive's: its scorer is trained on more layers."""

MOST: Final = 60
"""How many packages the layers hold that the scorer is trained on, at most."""

HELD_OUT_SAMPLE: Final = 4_000
"""How many held-out packages of an archive are added: only they show what unknown ones look like."""


class Learned(NamedTuple):
    """A model trained on files.

    Parameters
    ----------
    repaired
        Old packages and labels that were wrong about what is new and were changed.
    false_positives
        Those that still are wrong. Everything else that was known is the same bytes.
    bundled
        Some of the releases that it was trained on, to store beside the model for further trainings.
    """

    model: Model
    repaired: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    bundled: tuple[Release, ...] = ()


def learn_files(
    releases: Sequence[Path] = (),
    changesets: Sequence[Path] = (),
    base: Model | None = None,
    assignment: Assignment = DEFAULT_ASSIGNMENT,
) -> Learned:
    """Learn releases and recorded changesets, on top of what a model knows already.

    Parameters
    ----------
    releases
        Files of releases (see :mod:`~praxi_tasks.learning.data.release_files`), wheels, or Contents indexes
        of Debian.
    changesets
        Files of recordings (see :mod:`~praxi_tasks.learning.data.recordings`).
    base
        A model whose catalogues and experts are taken over as they are, but for those that fire on the new.
    assignment
        How releases and labels are assigned to experts.

    Raises
    ------
    DataError
        If a file can't be read, or there is nothing to learn in any of them.
    """
    rng = np.random.default_rng(SEED)
    archives = [path for path in releases if not is_wheel(path) and is_contents(path)]
    known = [release for path in releases if path not in archives for release in _read(path)]
    recordings = [recording for path in changesets for recording in read_changesets(path) if recording.labels]
    if not archives and not known and not recordings:
        raise DataError("there is nothing to learn", where=", ".join(map(str, (*releases, *changesets))))
    before = base or Model()
    seen: Sequence[Release] = ()
    if before.parts:
        learned = _add(before, archives, known, rng, assignment)
    elif archives or known:
        learned, seen = _build(before, archives, known, rng, assignment)
    else:
        learned = Added(before)
    bundled = tuple(choose(known, seen, rng))
    if not recordings:
        return Learned(*learned, bundled)
    growth = grow(before.recorded, Samples.of(recordings), rng, assignment=assignment)
    return Learned(
        learned.model.replaced(recorded=growth.ensemble),
        (*learned.repaired, *growth.repaired),
        (*learned.false_positives, *growth.false_positives),
        bundled,
    )


def _read(path: Path) -> Iterable[Release]:
    return [read_wheel(path)] if is_wheel(path) else read_releases(path)


def _build(
    before: Model,
    archives: Sequence[Path],
    known: Sequence[Release],
    rng: np.random.Generator,
    assignment: Assignment,
) -> tuple[Added, Sequence[Release]]:
    """Build the catalogues and the scorer of a model without any.

    Returns
    -------
    added
        The model.
    ordinary
        Of the releases the scorer was trained on, those that were drawn from the whole archive.
    """
    archive = read_archive(archives, (), rng, HELD_OUT_SHARE) if archives else None
    parts = [archive.catalogue] if archive else []
    parts += [build_catalogue(known)] if known else []
    drawn = _draw(archives, archive, known, rng)
    model = before.replaced(catalogues=parts, scorer=_train(drawn, rng))
    return give_experts(model, known, rng, assignment), drawn.ordinary


def _add(
    before: Model,
    archives: Sequence[Path],
    known: Sequence[Release],
    rng: np.random.Generator,
    assignment: Assignment,
) -> Added:
    """Add an archive, without looking for false positives since it is too big, and releases."""
    model = before
    if archives:
        model = model.replaced(
            catalogues=[*model.parts, read_archive(archives, (), rng, HELD_OUT_SHARE).catalogue]
        )
    if not known:
        return Added(model)
    return add_releases(model, known, rng, assignment=assignment)


class _Drawn(NamedTuple):
    """What a scorer is trained on.

    ``reduced`` is the catalogue without the held-out packages; ``ordinary`` are the releases that were drawn
    from the whole archive, rather than for sharing paths or being held out.
    """

    reduced: Catalogue
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
) -> Scorer:
    """Train a scorer on layers with some unknown packages: those that were held out of the catalogue.

    Parameters
    ----------
    layers
        How many; by default as many as the catalogue's size asks for.
    """
    drawn = _draw(archives, archive, known, rng)
    return _train(drawn if layers is None else drawn._replace(layers=layers), rng, hyperparameters)


def _train(
    drawn: _Drawn, rng: np.random.Generator, hyperparameters: ScorerHyperparameters = SCORER_DEFAULTS
) -> Scorer:
    groups, held_out_packages = drawn.groups, drawn.held_out_packages
    sampler = LayerSampler(drawn.releases, rng, groups=groups, held_out_packages=held_out_packages, most=MOST)
    return train_scorer(sampler, drawn.reduced, drawn.layers, hyperparameters)


def _draw(
    archives: Sequence[Path], archive: Archive | None, known: Sequence[Release], rng: np.random.Generator
) -> _Drawn:
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
    drawn = rng.permutation(len(catalogue.packages))[:ARCHIVE_SAMPLE].tolist()
    ordinary = {catalogue.packages[place] for place in drawn}
    sample = _sample(archives, ordinary, groups, held_out_packages, rng)
    return _Drawn(
        reduced=join_catalogues(parts),
        releases=[*known, *sample],
        groups=groups,
        held_out_packages=held_out_packages,
        layers=SCORER_ARCHIVE_LAYERS if len(catalogue.packages) >= MANY else SCORER_LAYERS,
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
