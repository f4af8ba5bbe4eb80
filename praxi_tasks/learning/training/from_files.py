"""Trains a model on files of releases, Contents indexes and recorded changesets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from praxi_tasks.discovery import SITE, Model, Release
from praxi_tasks.errors import DataError
from praxi_tasks.fingerprint import PathKind
from praxi_tasks.learning.catalogue import build_catalogue, index_contents, is_contents, read_archive
from praxi_tasks.learning.data import choose, is_wheel, read_changesets, read_releases, read_wheel
from praxi_tasks.learning.estimators import DEFAULT_ASSIGNMENT, Assignment, Samples, grow
from praxi_tasks.learning.sources import read_deb
from praxi_tasks.learning.training.extend import Added, add_releases, give_experts
from praxi_tasks.learning.training.held_out import HELD_OUT_SHARE, draw_training, train_drawn

SEED: Final = 20_260_101
"""Seed of the synthetic layers: the same data give the same model."""


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
    left_out
        Releases that install nothing but their own metadata, as meta-packages do: no file would show them.
    """

    model: Model
    repaired: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()
    bundled: tuple[Release, ...] = ()
    left_out: tuple[str, ...] = ()


class PackNames(NamedTuple):
    """The packs that take what is learned of Contents indexes, and of releases."""

    archive: str = SITE
    releases: str = SITE


IN_SITE: Final = PackNames()


def learn_files(
    releases: Sequence[Path] = (),
    changesets: Sequence[Path] = (),
    base: Model | None = None,
    assignment: Assignment = DEFAULT_ASSIGNMENT,
    packs: PackNames = IN_SITE,
) -> Learned:
    """Learn releases and recorded changesets, on top of what a model knows already.

    Parameters
    ----------
    releases
        Files of releases (see :mod:`~praxi_tasks.learning.data.release_files`), wheels, Debian
        packages, or Contents indexes of Debian.
    changesets
        Files of recordings (see :mod:`~praxi_tasks.learning.data.recordings`).
    base
        A model whose catalogues and experts are taken over as they are, but for those that fire on the new.
    assignment
        How releases and labels are assigned to experts.
    packs
        What is learned becomes a part of these.

    Raises
    ------
    DataError
        If a file can't be read, or there is nothing to learn in any of them.
    """
    rng = np.random.default_rng(SEED)
    archives = [path for path in releases if not _is_package(path) and is_contents(path)]
    given = [release for path in releases if path not in archives for release in _read(path)]
    known = [release for release in given if (release.normalised.kinds != PathKind.METADATA).any()]
    kept = set(map(id, known))
    left_out = tuple(f"{each.package} {each.version}" for each in given if id(each) not in kept)
    recordings = [recording for path in changesets for recording in read_changesets(path) if recording.labels]
    if not archives and not known and not recordings:
        raise DataError(
            "there is nothing to learn",
            where=", ".join(map(str, (*releases, *changesets))),
            action="give releases, recorded changesets, or both",
        )
    before = base or Model()
    seen: Sequence[Release] = ()
    if before.parts:
        learned = _add(before, archives, known, rng, assignment, packs)
    elif archives or known:
        learned, seen = _build(before, archives, known, rng, assignment, packs)
    else:
        learned = Added(before)
    bundled = tuple(choose(known, seen, rng))
    if not recordings:
        return Learned(*learned, bundled, left_out)
    growth = grow(before.recorded, Samples.of(recordings), rng, assignment=assignment)
    return Learned(
        learned.model.replaced(recorded=growth.ensemble),
        (*learned.repaired, *growth.repaired),
        (*learned.false_positives, *growth.false_positives),
        bundled,
        left_out,
    )


def _is_package(path: Path) -> bool:
    return path.suffix == ".deb" or is_wheel(path)


def _read(path: Path) -> Iterable[Release]:
    if path.suffix == ".deb":
        return [read_deb(path).release()]
    return [read_wheel(path)] if is_wheel(path) else read_releases(path)


def _build(
    before: Model,
    archives: Sequence[Path],
    known: Sequence[Release],
    rng: np.random.Generator,
    assignment: Assignment,
    packs: PackNames,
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
    parts = [replace(archive.catalogue, pack=packs.archive)] if archive else []
    parts += [replace(build_catalogue(known), pack=packs.releases)] if known else []
    drawn = draw_training(archives, archive, known, rng)
    contents = [replace(index_contents(known), pack=packs.releases)] if known else []
    model = before.replaced(catalogues=parts, contents=contents, scorer=train_drawn(drawn, rng))
    return give_experts(model, known, rng, assignment), drawn.ordinary


def _add(
    before: Model,
    archives: Sequence[Path],
    known: Sequence[Release],
    rng: np.random.Generator,
    assignment: Assignment,
    packs: PackNames,
) -> Added:
    """Add an archive, without looking for false positives since it is too big, and releases."""
    model = before
    if archives:
        archive = read_archive(archives, (), rng, HELD_OUT_SHARE).catalogue
        model = model.replaced(catalogues=[*model.parts, replace(archive, pack=packs.archive)])
    if not known:
        return Added(model)
    return add_releases(model, known, rng, assignment=assignment, pack=packs.releases)
