"""Extends an ensemble: trains experts for new labels, and repairs old ones that are wrong about new samples.

The same for recorded changesets and for releases. New experts see the samples that the ensemble retained as
negatives. Old experts are evaluated on the new samples; only those with a false positive, or that miss a
label they own, are trained again. All others keep the same bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import LIKELY, Expert, ExpertEnsemble
from praxi_tasks.learning.estimators.assignment import DEFAULT_ASSIGNMENT, Assignment
from praxi_tasks.learning.estimators.experts import ExpertHyperparameters, assign, train_groups
from praxi_tasks.learning.estimators.samples import Samples

_NOBODY: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Growth:
    """An extended ensemble.

    Parameters
    ----------
    learned
        The labels that new experts own.
    repaired
        Labels of old experts that were wrong about the new samples and were trained again.
    false_positives
        Labels of old experts that still are wrong, since no retained sample repairs them; they are unchanged.
    """

    ensemble: ExpertEnsemble
    learned: tuple[str, ...] = ()
    repaired: tuple[str, ...] = ()
    false_positives: tuple[str, ...] = ()


def grow(
    ensemble: ExpertEnsemble,
    new: Samples,
    rng: np.random.Generator,
    *,
    assignment: Assignment = DEFAULT_ASSIGNMENT,
    hyperparameters: ExpertHyperparameters | None = None,
    assigned: Collection[str] | None = None,
    companions: Mapping[str, str] = _NOBODY,
) -> Growth:
    """Train an ensemble on further samples.

    Parameters
    ----------
    assignment
        Which new labels share an expert.
    assigned
        Which labels get an expert; all, unless it is given. Samples of the others are negatives only.
    companions
        A label that is assigned together with another one: the package of a release.
    """
    memory = [Samples.from_bytes(part) for part in ensemble.samples]
    both = Samples.together([*memory, new]) if memory else new
    asked = (set(new.labels) if assigned is None else set(assigned)) - set(companions.values())
    fresh = [label for label in new.labels if label in asked and label not in ensemble.labels]
    groups = assign(both, fresh, rng, assignment) if fresh else []
    groups = [_with_companions(group, companions) for group in groups]
    learned = {label for group in groups for label in group}
    samples, truth = new.rows(), _truth(new)
    wrong = [at for at, expert in enumerate(ensemble.experts) if errs(expert, samples, truth, learned)]
    mendable = [at for at in wrong if set(ensemble.experts[at].labels) <= set(both.labels)]
    owned = [list(ensemble.experts[at].labels) for at in mendable]
    trained = train_groups(both, [*owned, *groups], rng, hyperparameters or ExpertHyperparameters())
    experts = list(ensemble.experts)
    for at, expert in zip(mendable, trained, strict=False):
        if not errs(expert, samples, truth, learned):
            experts[at] = expert
    repaired = [at for at in wrong if experts[at] is not ensemble.experts[at]]
    return Growth(
        ExpertEnsemble(
            (*experts, *trained[len(mendable) :]), (*ensemble.samples, new.remembered().to_bytes())
        ),
        tuple(sorted(learned)),
        _labels(ensemble.experts, repaired),
        _labels(ensemble.experts, sorted(set(wrong) - set(repaired))),
    )


def errs(
    expert: Expert,
    samples: Sequence[NDArray[np.uint64]],
    truth: Mapping[str, NDArray[np.bool_]],
    learned: set[str],
) -> bool:
    """Return whether an expert has a false positive in some sample, or misses a label that only it knows.

    Parameters
    ----------
    samples
        The sorted token hashes of each sample.
    truth
        Which samples have each label, shape ``(len(samples),)``.
    learned
        Labels that a new expert knows too, so that missing them does no harm.
    """
    if not samples:
        return False
    named = expert.confidence(samples) >= LIKELY
    for column, label in enumerate(expert.labels):
        true = truth.get(label, np.zeros(len(samples), np.bool_))
        missed = true & ~named[:, column] & (label not in learned)
        if np.any(named[:, column] & ~true) or np.any(missed):
            return True
    return False


def _truth(samples: Samples) -> dict[str, NDArray[np.bool_]]:
    return {label: samples.truth[:, place] for place, label in enumerate(samples.labels)}


def _with_companions(group: Sequence[str], companions: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys([*group, *(companions[label] for label in group if label in companions)]))


def _labels(experts: Sequence[Expert], places: Sequence[int]) -> tuple[str, ...]:
    return tuple(sorted(label for at in places for label in experts[at].labels))
