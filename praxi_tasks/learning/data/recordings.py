"""Recorded changesets as lines of JSON, ``{"id", "labels", "changes": ["MODE PATH", …]}``: read, and named.

They are what recorded labels are learned from, and what ``praxi predict --changesets`` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from praxi_tasks.discovery import Model
from praxi_tasks.errors import DataError
from praxi_tasks.json_decoding import decoder as decoder_of
from praxi_tasks.learning.data.compressed_lines import open_lines

_BATCH: Final = 256


class Recording(msgspec.Struct, frozen=True):
    """One recorded changeset; ``labels`` name what was installed meanwhile and may be unknown."""

    changes: list[str]
    labels: list[str] = []
    id: str = ""


def read_changesets(path: Path) -> Iterator[Recording]:
    """Yield the recordings of a file of JSON lines, plain or compressed.

    Raises
    ------
    DataError
        If a line is not a recording; the message names the file and line.
    """
    decoder = decoder_of(Recording)
    for number, line in enumerate(open_lines(path), 1):
        if not line.strip():
            continue
        try:
            yield decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise DataError(
                f"not a changeset: {error}",
                where=f"{path}:{number}",
                action='write {"id", "labels", "changes": ["MODE PATH"]}',
            ) from error


class NamedChangeset(msgspec.Struct, frozen=True):
    """The labels that a model sees in a changeset, most confident first, and its confidence in each."""

    id: str
    labels: list[str]
    confidence: list[float]


def name_changesets(recordings: Iterable[Recording], model: Model) -> Iterator[NamedChangeset]:
    """Name recordings one after the other; labels that a recording has already are ignored."""
    left = iter(recordings)
    while batch := list(islice(left, _BATCH)):
        answers = model.name_changes([recording.changes for recording in batch])
        for recording, answer in zip(batch, answers, strict=True):
            confidence = [round(value, 4) for value in answer.values()]
            yield NamedChangeset(recording.id, list(answer), confidence)
