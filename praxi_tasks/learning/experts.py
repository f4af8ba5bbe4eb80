"""Training the experts that learn from recordings.

An expert is trained on its own labels' samples and on everybody else's: without negatives it would fire on
everything. Samples are also put together (what several installations at once would leave) and thinned out (a
recording never repeats exactly), which is what lets a single sample per label do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.experts import Expert, LabelModel, features
from praxi_tasks.discovery.tokens import Tokenizer, distinct, present
from praxi_tasks.learning.boosting import train_booster
from praxi_tasks.learning.changesets import Recording
from praxi_tasks.learning.grouping import LABELS_PER_EXPERT, Routing, group_labels
from praxi_tasks.learning.token_table import Columns, TokenTable


@dataclass(frozen=True, slots=True)
class Recipe:
    """How experts are trained.

    Parameters
    ----------
    negatives
        ``none`` is the published protocol, for comparison: an expert sees samples of its own labels only.
    unions
        How many put-together samples are added.
    tokens
        How many tokens of each label an expert looks at.
    trees, depth
        Of a label's booster.
    labels
        How many labels share an expert, where the routing leaves that open.
    """

    negatives: Literal["all", "none"] = "all"
    unions: int = 1_500
    tokens: int = 30
    trees: int = 40
    depth: int = 4
    labels: int = LABELS_PER_EXPERT


_MOST_PARTS: Final = 4
_THINNEST: Final = 0.25
_PARAMETERS: Final = {
    "objective": "binary:logistic",
    "base_score": 0.5,
    "min_child_weight": 0.1,  # XGBoost's default blocks splits on labels with few samples
    "eta": 0.3,
    "max_bin": 16,  # tokens are there or not; only shares need more
    "nthread": 1,
    "seed": 0,
}


class Samples:
    """Recordings as a table: a row each, a column for every token that occurs.

    Parameters
    ----------
    tokens, labels
        Of each sample: sorted tokens, and the labels it is known to hold.
    """

    def __init__(self, tokens: Sequence[NDArray[np.uint64]], labels: Sequence[Sequence[str]]) -> None:
        vocabulary, counts = distinct(tokens)
        # A token of one recording only is noise, unless recordings are so few that all are.
        often = 2 if len(tokens) > 4 * len({label for some in labels for label in some}) else 1
        self.vocabulary = vocabulary[counts >= often]
        self.labels = sorted({label for some in labels for label in some})
        self.table = TokenTable.of(
            [np.searchsorted(self.vocabulary, sample[present(self.vocabulary, sample)]) for sample in tokens],
            len(self.vocabulary),
        )
        place = {label: number for number, label in enumerate(self.labels)}
        self.truth = np.zeros((len(tokens), len(self.labels)), np.bool_)
        for row, some in enumerate(labels):
            self.truth[row, [place[label] for label in some]] = True

    @classmethod
    def of(cls, recordings: Sequence[Recording]) -> Samples:
        """Tokenise recordings."""
        tokenizer = Tokenizer()
        return cls(
            [tokenizer.tokens(recording.changes) for recording in recordings],
            [recording.labels for recording in recordings],
        )

    def scores(self) -> NDArray[np.float32]:
        """Return how well each token (rows) stands for each label (columns): the F1 of having it."""
        together = self.table.together(self.truth)
        having = self.table.counts()[:, None]
        return np.asarray(2 * together / (having + self.truth.sum(axis=0)[None] + 1), np.float32)


def train_experts(
    samples: Samples,
    rng: np.random.Generator,
    *,
    routing: Routing = "default",
    recipe: Recipe | None = None,
) -> list[Expert]:
    """Train experts for all labels of some samples.

    Parameters
    ----------
    routing
        How labels are assigned to experts.
    recipe
        How each of them is trained; the best that was found unless it is given.
    """
    recipe = recipe or Recipe()
    scores = samples.scores()
    length = np.sqrt((scores**2).sum(axis=0, keepdims=True))
    groups = group_labels(samples.labels, (scores / np.maximum(length, 1e-9)).T, routing, rng, recipe.labels)
    table, truth = augment(samples, rng, recipe.unions)
    columns = table.columns()
    return [_train(group, samples, scores, columns, truth, recipe) for group in groups]


def augment(samples: Samples, rng: np.random.Generator, unions: int) -> tuple[TokenTable, NDArray[np.bool_]]:
    """Return the samples, then put-together and thinned-out ones, and the labels of each."""
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
    recipe: Recipe,
) -> Expert:
    best = [np.argsort(-scores[:, label], kind="stable")[: recipe.tokens] for label in group]
    chosen = np.unique(np.concatenate(best))
    table = columns.dense(chosen)
    rows = np.ones(len(table), np.bool_) if recipe.negatives == "all" else truth[:, list(group)].any(axis=1)
    models = []
    for label, own in zip(group, best, strict=True):
        places = np.searchsorted(chosen, np.sort(own)).astype(np.uint32)
        booster = _boost(features(table[rows], places), truth[rows, label], recipe)
        models.append(LabelModel(samples.labels[label], places, booster))
    return Expert(samples.vocabulary[chosen], models)


def _boost(table: NDArray[np.float32], truth: NDArray[np.bool_], recipe: Recipe) -> bytes:
    rising = "(1" + ",0" * (table.shape[1] - 1) + ")"
    settings = _PARAMETERS | {"monotone_constraints": rising, "max_depth": recipe.depth}
    return train_booster(table, truth, settings, recipe.trees)
