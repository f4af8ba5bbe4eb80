"""Incremental training: adds releases to a model and leaves what it knew unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from praxi_tasks.discovery import SITE, ExpertEnsemble, Model, Release, visible_parts, without
from praxi_tasks.learning.catalogue import (
    build_catalogue,
    index_contents,
    index_without,
    restrict_folder_claims,
)
from praxi_tasks.learning.data import ReleaseIndex, StoredRelease
from praxi_tasks.learning.estimators import DEFAULT_ASSIGNMENT, DEFAULTS, Assignment, Hyperparameters
from praxi_tasks.learning.training.extend import add_releases, give_experts
from praxi_tasks.learning.training.held_out import make_scorer

_SEED: Final = 20_260_103


@dataclass(frozen=True, slots=True, eq=False)
class Increment:
    """A model that was trained further.

    Parameters
    ----------
    learned
        The releases that were added.
    indistinguishable
        Releases that install exactly what another package's release installs, with that other; they are left
        out.
    repaired
        Old packages that had false positives on the new releases and were changed; nothing else was.
    false_positives
        Old packages that still have some, since repairing them would do harm.
    """

    model: Model
    learned: tuple[StoredRelease, ...]
    indistinguishable: dict[str, str]
    repaired: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()


def learn_releases(
    base: Model,
    new: Sequence[StoredRelease],
    old: ReleaseIndex,
    assignment: Assignment = DEFAULT_ASSIGNMENT,
    hyperparameters: Hyperparameters = DEFAULTS,
) -> Increment:
    """Add releases that a model does not know.

    Parameters
    ----------
    base
        Its catalogues are taken over byte for byte.
    new
        What to add; releases that the model knows are skipped.
    old
        Stored releases: to find indistinguishable ones, and to check repairs.
    assignment, hyperparameters
        How the new releases are assigned to experts, and how those are trained.
    """
    if not base.parts:
        return rebuild(new, assignment, base, hyperparameters)
    unknown = [release for release in new if not base.knows(*release.identity)]
    owners = {release.content_id: _owner(base, release, old) for release in unknown}
    learned, indistinguishable = separate(
        unknown, {content: owner for content, owner in owners.items() if owner}
    )
    if not learned:
        return Increment(base, (), indistinguishable)
    known = [release.release() for release in learned]
    rng = np.random.default_rng(_SEED)
    stored = partial(_stored, base, old)
    added = add_releases(
        base, known, rng, assignment=assignment, stored=stored, hyperparameters=hyperparameters.expert
    )
    return Increment(added.model, tuple(learned), indistinguishable, added.repaired, added.false_positives)


def _stored(base: Model, old: ReleaseIndex, name: str) -> list[Release]:
    """Return the stored releases of a package that a model knows."""
    ecosystem, _, package = name.partition("/")
    return [each.release() for each in old.of_package(ecosystem, package) if base.knows(*each.identity)]


def rebuild(
    known: Sequence[StoredRelease],
    assignment: Assignment = DEFAULT_ASSIGNMENT,
    base: Model | None = None,
    hyperparameters: Hyperparameters = DEFAULTS,
    layers: int | None = None,
) -> Increment:
    """Build what a site learned anew of stored releases, with a scorer of its own; packs stay as they are.

    Parameters
    ----------
    known
        What no pack knows of it is learned.
    base
        What it knows of packages that are not stored, or not in all versions, is taken over, so that nothing
        is forgotten.
    layers
        How many to train the scorer on; by default as many as the size of the model asks for.
    """
    base = base or Model()
    packs = base.replaced(catalogues=[part for part in base.parts if part.pack != SITE], contents=())
    learned, indistinguishable = separate([each for each in known if not packs.knows(*each.identity)], {})
    if not known:
        return Increment(base, (), indistinguishable)
    releases = [release.release() for release in learned]
    relearned = _relearned(base, learned)
    own = [without(part, relearned) for part in visible_parts(base.parts) if part.pack == SITE]
    rest = [*packs.parts, *(part for part in own if part.packages)]
    indexes = [index_without(index, relearned) if index.pack == SITE else index for index in base.contents]
    part = build_catalogue(releases)
    part = restrict_folder_claims(part, releases, rest) if rest else part
    rng = np.random.default_rng(_SEED)
    everything = [*releases, *(each.release() for each in known if packs.knows(*each.identity))]
    scorer = make_scorer((), None, everything, rng, hyperparameters.scorer, layers, beside=rest)
    model = base.replaced(
        catalogues=[*rest, *([part] if releases else [])],
        contents=[*indexes, index_contents(releases)],
        scorer=scorer,
        released=ExpertEnsemble(),
    )
    made = give_experts(model, releases, rng, assignment, hyperparameters.expert)
    return Increment(made.model, tuple(learned), indistinguishable)


def _relearned(base: Model, learned: Sequence[StoredRelease]) -> frozenset[str]:
    """Return the packages that are learned in all the versions that a site's parts know of them."""
    versions: defaultdict[str, set[str]] = defaultdict(set)
    for release in learned:
        versions["/".join(release.identity[:2])].add(release.version)
    known: defaultdict[str, set[str]] = defaultdict(set)
    for part in base.parts:
        for name in versions if part.pack == SITE else ():
            if (number := part.number_of(name)) is not None:
                known[name].update(part.versions_of(number))
    return frozenset(name for name, some in known.items() if versions[name] >= some)


def _owner(base: Model, release: StoredRelease, old: ReleaseIndex) -> tuple[str, str] | None:
    """Return the package of a known release that installs the same files, if there is one."""
    known = (identity[:2] for identity in old.alike(release) if base.knows(*identity))
    return next(known, None)


def separate(
    new: Sequence[StoredRelease], known: Mapping[str, tuple[str, str]]
) -> tuple[list[StoredRelease], dict[str, str]]:
    """Return the releases that differ from every other package, and the rest with the package each equals.

    Versions of one package may be equal: those tie, and are reported as such.

    Parameters
    ----------
    known
        Packages that the model knows, by the hash of what one of their releases installs.
    """
    owners = dict(known)
    learned: list[StoredRelease] = []
    indistinguishable: dict[str, str] = {}
    for release in new:
        owner = owners.setdefault(release.content_id, release.identity[:2])
        if owner == release.identity[:2]:
            learned.append(release)
        else:
            indistinguishable["/".join(release.identity)] = "/".join(owner)
    return learned, indistinguishable
