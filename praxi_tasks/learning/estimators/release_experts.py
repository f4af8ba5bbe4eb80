"""Trains release experts on augmented samples of each release.

An expert is asked only about layers in which the catalogue has evidence of one of its packages, so it is
trained on such: whole and damaged releases, with and without content hashes, and drifted ones, which are of
the package and of none of its known versions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import ExpertEnsemble, Lookup, Release, tokens_of
from praxi_tasks.learning.estimators.assignment import DEFAULT_ASSIGNMENT, Assignment
from praxi_tasks.learning.estimators.expert_ensemble import Growth, grow
from praxi_tasks.learning.estimators.experts import ExpertHyperparameters
from praxi_tasks.learning.estimators.samples import Samples
from praxi_tasks.learning.synthesis import Damage

DAMAGED: Final = 8
"""How many damaged samples of a release are made, besides a whole and a drifted one."""

_HARSH: Final = (0.3, 0.75)
RELEASE_EXPERT_DEFAULTS: Final = ExpertHyperparameters(unions=1_000, tokens=36, trees=20)
"""The default hyper-parameters of release experts."""

_CHANGED: Final = np.uint64(0x9E3779B97F4A7C15)


class AugmentedSample(NamedTuple):
    """Files left of a release, columns of shape ``(n,)``; ``drifted`` if they are of an unknown version."""

    keys: NDArray[np.uint64]
    sizes: NDArray[np.uint64]
    hashes: NDArray[np.uint64]
    measured: NDArray[np.bool_]
    drifted: bool = False

    def keep(self, mask: NDArray[np.bool_]) -> AugmentedSample:
        """Return the files of a mask of shape ``(n,)``."""
        return AugmentedSample(
            self.keys[mask], self.sizes[mask], self.hashes[mask], self.measured[mask], self.drifted
        )


def train_release_experts(
    ensemble: ExpertEnsemble,
    releases: Sequence[Release],
    lookup: Lookup,
    rng: np.random.Generator,
    *,
    assignment: Assignment = DEFAULT_ASSIGNMENT,
    packages: Collection[str] | None = None,
    hyperparameters: ExpertHyperparameters = RELEASE_EXPERT_DEFAULTS,
) -> Growth:
    """Assign releases to experts, train those, and repair old ones with false positives on the releases.

    Parameters
    ----------
    ensemble
        The existing experts.
    lookup
        Knows the releases; an expert reads only the paths that it knows.
    assignment
        Which releases share an expert.
    packages
        Those that get experts at all; all, unless it is given.
    """
    assigned = {label_of(one) for one in releases if packages is None or one.package in packages}
    if not assigned and not ensemble.experts:
        return Growth(ensemble)
    companions = {label_of(one): one.package for one in releases if one.version}
    samples = release_samples(releases, lookup, rng)
    return grow(
        ensemble,
        samples,
        rng,
        assignment=assignment,
        hyperparameters=hyperparameters,
        assigned=assigned,
        companions=companions,
    )


def label_of(release: Release) -> str:
    """Return the label of a release.

    Examples
    --------
    ``pypi/flask==3.0.0``, or ``deb/bash`` where the version is unknown.
    """
    return f"{release.package}=={release.version}" if release.version else release.package


def release_samples(releases: Sequence[Release], lookup: Lookup, rng: np.random.Generator) -> Samples:
    """Return augmented, labelled samples of releases."""
    tokens, labels = [], []
    for release in releases:
        for sample in _augmented_samples(release, rng):
            left = sample.keep(lookup.knows_paths(sample.keys))
            tokens.append(tokens_of(left.keys, left.sizes, left.hashes, left.measured))
            known = not sample.drifted and release.version
            labels.append([release.package, label_of(release)] if known else [release.package])
    return Samples(tokens, labels)


def _augmented_samples(release: Release, rng: np.random.Generator) -> Iterator[AugmentedSample]:
    columns = release.normalised
    measured = release.measured & ~columns.derived
    whole = AugmentedSample(columns.keys, release.sizes, release.hashes, measured)
    yield whole
    for number in range(DAMAGED):
        damage = Damage.draw(rng)
        if number >= DAMAGED // 2:  # an expert reads few tokens and must tolerate the loss of most
            damage = replace(damage, lost=rng.uniform(*_HARSH))
        left = whole.keep(damage.mask(release, rng))
        yield left._replace(hashes=np.zeros_like(left.hashes)) if number % 2 else left
    if release.version:
        yield _drifted(whole, rng)


def _drifted(whole: AugmentedSample, rng: np.random.Generator) -> AugmentedSample:
    """Simulate another version of a release: some files removed, most others changed."""
    share = rng.uniform(0.05, 0.6)
    changed = rng.random(len(whole.keys)) < max(share, 0.5)
    sizes = whole.sizes + changed * rng.integers(1, 900, len(changed)).astype(np.uint64)
    hashes = np.where(changed & (whole.hashes != 0), whole.hashes ^ _CHANGED, whole.hashes)
    drifted = AugmentedSample(whole.keys, sizes, hashes, whole.measured, drifted=True)
    return drifted.keep(rng.random(len(whole.keys)) >= share / 2)
