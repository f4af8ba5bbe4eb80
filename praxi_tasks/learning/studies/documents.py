"""What studies keep in the store: which a training has, and each trial of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from praxi_tasks.errors import CorruptObjectError
from praxi_tasks.store import Store, documents, keys

ROUTING: Final = "routing"
"""The study of how releases are assigned to experts."""

TUNING: Final = "tuning"
"""The study of hyper-parameters."""

_FOLDER: Final = "trials"


class Trial(msgspec.Struct, frozen=True):
    """What was tried, and what came of it.

    Attributes
    ----------
    chosen
        The parameters by name.
    f1
        What they reached, from 0 to 1.
    course
        The mean logarithmic loss of all boosters after each boosting round; empty where nothing was boosted.
    seconds
        Processor time of training and measuring.
    """

    chosen: dict[str, int | float | str]
    f1: float
    course: tuple[float, ...] = ()
    seconds: float = 0.0


class Studies(msgspec.Struct, frozen=True):
    """The studies of one training: ``at`` is when it began, ``trials`` says how many each study has."""

    run: str
    at: str
    trials: dict[str, int]


def note_studies(store: Store, run_id: str, trials: dict[str, int]) -> None:
    """Note the studies of a training, once: a training that is started again keeps its first note.

    Parameters
    ----------
    trials
        How many trials each study has; with none at all, nothing is noted.
    """
    asked = {study: count for study, count in trials.items() if count}
    if asked:
        note = Studies(run_id, datetime.now(UTC).isoformat(timespec="seconds"), asked)
        store.put(keys.training_studies(run_id), documents.encode(note))


def studies_of(store: Store) -> list[Studies]:
    """Return what is noted of all trainings with studies, the newest first; damaged notes are left out."""
    found = []
    for key in store.list(keys.all_training_studies()):
        try:
            found.append(documents.read(store, key, Studies))
        except CorruptObjectError:
            continue
    return sorted(found, key=lambda noted: (noted.at, noted.run), reverse=True)


def trial_key(run_id: str, study: str, number: int) -> str:
    """Return the key of a trial."""
    return keys.training_run(run_id, f"{_FOLDER}/{study}/{number}.json")


def read_trials(store: Store, run_id: str, study: str, most: int | None = None) -> dict[int, Trial]:
    """Return the trials of a study that are done, by their numbers and in their order.

    Parameters
    ----------
    most
        How many to read at most, those with the lowest numbers; by default all.

    Raises
    ------
    CorruptObjectError
        If one is damaged.
    """
    folder = keys.training_run(run_id, f"{_FOLDER}/{study}")
    stems = (key.removeprefix(f"{folder}/").removesuffix(".json") for key in store.list(folder))
    numbers = sorted(int(stem) for stem in stems if stem.isdecimal())[:most]
    return {number: documents.read(store, trial_key(run_id, study, number), Trial) for number in numbers}
