"""Trains experts on labelled samples.

An expert is trained on its own labels' samples and on all others: without negatives it would have false
positives everywhere. Samples are augmented by unions (several installations at once) and by thinning (a
recording never repeats exactly), so that a single sample per label is enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Expert, LabelModel, label_features
from praxi_tasks.learning.estimators.assignment import DEFAULT_ASSIGNMENT, Assignment, group_labels
from praxi_tasks.learning.estimators.samples import Samples
from praxi_tasks.learning.estimators.sparse_table import Columns, TokenTable
from praxi_tasks.learning.estimators.xgboost_c import train_booster


@dataclass(frozen=True, slots=True)
class ExpertHyperparameters:
    """How experts are trained.

    Parameters
    ----------
    negatives
        ``none`` is the published protocol, for comparison: an expert sees samples of its own labels only.
    unions
        How many augmented samples are added.
    tokens
        How many tokens of each label an expert reads.
    trees, depth, eta, min_child_weight
        Of a label's booster. XGBoost's default ``min_child_weight`` of 1 prevents splits on labels with few
        samples.
    """

    negatives: Literal["all", "none"] = "all"
    unions: int = 1_500
    tokens: int = 30
    trees: int = 40
    depth: int = 4
    eta: float = 0.3
    min_child_weight: float = 0.1


_MOST_PARTS: Final = 4
_THINNEST: Final = 0.25
_PARAMETERS: Final = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "max_bin": 16,  # tokens are there or not; only shares need more
    "nthread": 1,
    "seed": 0,
}


def train_experts(
    samples: Samples,
    rng: np.random.Generator,
    *,
    assignment: Assignment = DEFAULT_ASSIGNMENT,
    hyperparameters: ExpertHyperparameters | None = None,
) -> list[Expert]:
    """Train experts for all labels of some samples.

    Parameters
    ----------
    assignment
        Which labels share an expert.
    hyperparameters
        How each of them is trained; the best ones found, unless given.
    """
    groups = assign(samples, samples.labels, rng, assignment)
    return train_groups(samples, groups, rng, hyperparameters or ExpertHyperparameters())


def assign(
    samples: Samples, labels: Sequence[str], rng: np.random.Generator, assignment: Assignment
) -> list[list[str]]:
    """Return the groups of labels that share an expert."""
    scores = samples.scores()[:, np.isin(samples.labels, list(labels))]
    chosen = [label for label in samples.labels if label in set(labels)]
    length = np.sqrt((scores**2).sum(axis=0, keepdims=True))
    groups = group_labels(chosen, (scores / np.maximum(length, 1e-9)).T, assignment, rng)
    return [[chosen[place] for place in group] for group in groups]


def train_groups(
    samples: Samples,
    groups: Sequence[Sequence[str]],
    rng: np.random.Generator,
    hyperparameters: ExpertHyperparameters,
) -> list[Expert]:
    """Train an expert for each group of labels, on its own samples and all others."""
    scores = samples.scores()
    table, truth = augment(samples, rng, hyperparameters.unions)
    columns = table.columns()
    place = {label: number for number, label in enumerate(samples.labels)}
    return [
        _train([place[label] for label in group], samples, scores, columns, truth, hyperparameters)
        for group in groups
    ]


def augment(samples: Samples, rng: np.random.Generator, unions: int) -> tuple[TokenTable, NDArray[np.bool_]]:
    """Return the samples followed by ``unions`` augmented ones, and labels, shape ``(rows, labels)``."""
    count = len(samples.table)
    if not unions or not count:
        return samples.table, samples.truth
    sizes = rng.integers(1, min(_MOST_PARTS, count) + 1, unions)
    chosen = np.concatenate([rng.choice(count, size, replace=False) for size in sizes])
    made = samples.table.unions(chosen, sizes)
    share = np.repeat(rng.uniform(_THINNEST, 1, unions), made.sizes)
    made = made.keep(rng.random(len(share)) < share)
    truth = np.logical_or.reduceat(samples.truth[chosen], np.cumsum(sizes) - sizes)
    return samples.table + made, np.concatenate([samples.truth, truth])


def _train(
    group: Sequence[int],
    samples: Samples,
    scores: NDArray[np.float32],
    columns: Columns,
    truth: NDArray[np.bool_],
    hyperparameters: ExpertHyperparameters,
) -> Expert:
    best = [_best(scores[:, label], hyperparameters.tokens) for label in group]
    chosen = np.unique(np.concatenate(best))
    table = columns.dense(chosen)
    rows = (
        np.ones(len(table), np.bool_)
        if hyperparameters.negatives == "all"
        else truth[:, list(group)].any(axis=1)
    )
    models = []
    for label, own in zip(group, best, strict=True):
        places = np.searchsorted(chosen, np.sort(own)).astype(np.uint32)
        booster = _boost(label_features(table[rows], places), truth[rows, label], hyperparameters)
        models.append(LabelModel(samples.labels[label], places, booster))
    return Expert(samples.vocabulary[chosen], models)


def _best(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Return the ``count`` tokens with the best positive scores, best first; ``scores`` is ``(tokens,)``."""
    best = np.argsort(-scores, kind="stable")[:count]
    return np.asarray(best[scores[best] > 0])


def _boost(
    table: NDArray[np.float32], truth: NDArray[np.bool_], hyperparameters: ExpertHyperparameters
) -> bytes:
    rising = "(1" + ",0" * (table.shape[1] - 1) + ")"
    settings = {
        **_PARAMETERS,
        "monotone_constraints": rising,
        "max_depth": hyperparameters.depth,
        "eta": hyperparameters.eta,
        "min_child_weight": hyperparameters.min_child_weight,
    }
    return train_booster(table, truth, settings, hyperparameters.trees)
