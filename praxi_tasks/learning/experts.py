"""Training the experts that learn from recordings.

An expert is trained on its own labels' samples and on everybody else's: without negatives it would fire on
everything. Samples are also put together (what several installations at once would leave) and thinned out (a
recording never repeats exactly), which is what lets a single sample per label do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery.experts import Expert, LabelModel, features
from praxi_tasks.discovery.tokens import Tokenizer, distinct, present
from praxi_tasks.learning.changesets import Recording
from praxi_tasks.learning.grouping import LABELS_PER_EXPERT, Routing, group_labels

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


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
        from scipy.sparse import csr_matrix

        vocabulary, counts = distinct(tokens)
        # A token of one recording only is noise, unless recordings are so few that all are.
        often = 2 if len(tokens) > 4 * len({label for some in labels for label in some}) else 1
        self.vocabulary = vocabulary[counts >= often]
        self.labels = sorted({label for some in labels for label in some})
        columns = [
            np.searchsorted(self.vocabulary, sample[present(self.vocabulary, sample)]) for sample in tokens
        ]
        ends = np.concatenate(([0], np.cumsum([len(column) for column in columns])))
        places = np.concatenate(columns) if columns else np.empty(0, np.intp)
        self.table = csr_matrix(
            (np.ones(len(places), np.float32), places, ends), shape=(len(tokens), len(self.vocabulary))
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
        together = np.asarray(self.table.T @ self.truth.astype(np.float32))
        having = np.asarray(self.table.sum(axis=0)).ravel()[:, None]
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
    columns = table.tocsc()
    return [_train(group, samples, scores, columns, truth, recipe) for group in groups]


def augment(samples: Samples, rng: np.random.Generator, unions: int) -> tuple[csr_matrix, NDArray[np.bool_]]:
    """Return the samples, then put-together and thinned-out ones, and the labels of each."""
    from scipy.sparse import csr_matrix, vstack

    count = samples.table.shape[0]
    if not unions or not count:
        return samples.table, samples.truth
    sizes = rng.integers(1, min(_MOST_PARTS, count) + 1, unions)
    chosen = np.concatenate([rng.choice(count, size, replace=False) for size in sizes])
    rows = np.repeat(np.arange(unions), sizes)
    picks = csr_matrix((np.ones(len(rows), np.float32), (rows, chosen)), shape=(unions, count))
    made = (picks @ samples.table).tocsr()
    share = np.repeat(rng.uniform(_THINNEST, 1, unions), np.diff(made.indptr))
    made.data = (rng.random(made.nnz) < share).astype(np.float32)
    made.eliminate_zeros()
    truth = np.asarray(picks @ samples.truth.astype(np.float32)) > 0
    return vstack([samples.table, made]).tocsr(), np.concatenate([samples.truth, truth])


def _train(
    group: Sequence[int],
    samples: Samples,
    scores: NDArray[np.float32],
    columns: Any,
    truth: NDArray[np.bool_],
    recipe: Recipe,
) -> Expert:
    best = [np.argsort(-scores[:, label], kind="stable")[: recipe.tokens] for label in group]
    chosen = np.unique(np.concatenate(best))
    table = np.asarray(columns[:, chosen].todense(), np.float32)
    rows = np.ones(len(table), np.bool_) if recipe.negatives == "all" else truth[:, list(group)].any(axis=1)
    models = []
    for label, own in zip(group, best, strict=True):
        places = np.searchsorted(chosen, np.sort(own)).astype(np.uint32)
        booster = _boost(features(table[rows], places), truth[rows, label], recipe)
        models.append(LabelModel(samples.labels[label], places, booster))
    return Expert(samples.vocabulary[chosen], models)


def _boost(table: NDArray[np.float32], truth: NDArray[np.bool_], recipe: Recipe) -> bytes:
    import xgboost

    rising = "(1" + ",0" * (table.shape[1] - 1) + ")"
    settings = _PARAMETERS | {"monotone_constraints": rising, "max_depth": recipe.depth}
    data = xgboost.DMatrix(table, truth)
    return bytes(xgboost.train(settings, data, recipe.trees).save_raw("ubj"))
