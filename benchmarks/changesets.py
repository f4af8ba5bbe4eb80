"""Recorded changesets as the benchmarks of recordings split and tokenise them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from praxi_tasks.discovery import Tokenizer
from praxi_tasks.learning.data import Recording
from praxi_tasks.learning.estimators import Samples

Answers = list[dict[str, float]]
"""For each tested sample, the confidence in each label."""


@dataclass(frozen=True)
class Split:
    """Samples by number: what is trained on and what is tested."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


class Data:
    """All recordings, tokenised; ``masked`` hides every name that contains a label's."""

    def __init__(self, recordings: Sequence[Recording], *, masked: bool = False) -> None:
        self.labels = [recording.labels for recording in recordings]
        self.changes = [recording.changes for recording in recordings]
        if masked:
            names = sorted({label.lower() for labels in self.labels for label in labels})
            hide = cache(partial(_hide, names=names))
            self.changes = [
                ["/".join(map(hide, change.split("/"))) for change in some] for some in self.changes
            ]
        tokenizer = Tokenizer()
        self.tokens = [tokenizer.tokens(changes) for changes in self.changes]

    def samples(self, rows: NDArray[np.intp]) -> Samples:
        return Samples([self.tokens[row] for row in rows], [self.labels[row] for row in rows])


def _hide(part: str, names: Sequence[str]) -> str:
    lower = part.lower()
    return "#" if any(name in lower for name in names) else part
