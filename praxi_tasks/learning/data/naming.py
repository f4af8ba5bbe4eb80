"""Naming recorded changesets: what ``praxi predict --changesets`` writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import msgspec

from praxi_tasks.discovery.model import Model
from praxi_tasks.learning.data.recordings import Recording

_BATCH: Final = 256


class NamedChangeset(msgspec.Struct, frozen=True):
    """The labels that a model sees in a changeset, most confident first, and its confidence in each."""

    id: str
    labels: list[str]
    confidence: list[float]


def name_changesets(recordings: Iterable[Recording], model: Model) -> Iterator[NamedChangeset]:
    """Name recordings one after the other; the labels that they carry themselves are not looked at."""
    left = iter(recordings)
    while batch := list(islice(left, _BATCH)):
        answers = model.name_changes([recording.changes for recording in batch])
        for recording, answer in zip(batch, answers, strict=True):
            confidence = [round(value, 4) for value in answer.values()]
            yield NamedChangeset(recording.id, list(answer), confidence)
