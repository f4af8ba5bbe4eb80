"""What the first champion was measured at: the bound beyond which no later one may be too confident."""

from __future__ import annotations

from typing import Final

import msgspec

from praxi_tasks.learning.evaluation import Evaluation
from praxi_tasks.store import Store, documents, keys

LEAST_PREDICTIONS: Final = 200
"""Of fewer predictions the error is chance, and bounds nothing."""


class FirstChampion(msgspec.Struct, frozen=True):
    """The identity of the first champion that was measured, and by how much it is too confident."""

    model: str
    overconfidence: float


def with_first_champion(store: Store, evaluation: Evaluation, champion: str) -> Evaluation:
    """Return an evaluation with the figure of the first champion, which is written down once.

    Parameters
    ----------
    champion
        Identity of the champion that was evaluated: it is the first where none was measured before.
    """
    scores, key = evaluation.champion_old, keys.first_champion()
    if scores is not None and sum(each.size for each in scores.diagram) >= LEAST_PREDICTIONS:
        store.put(key, documents.encode(FirstChampion(champion, scores.overconfidence)))
    if not store.exists(key):
        return evaluation
    first = documents.read(store, key, FirstChampion)
    return msgspec.structs.replace(evaluation, first_overconfidence=first.overconfidence)
