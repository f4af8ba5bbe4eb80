"""How long the steps of a run took, for its metrics."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from praxi_tasks.store import Store, documents, keys

_FOLDER = "durations"


@contextmanager
def timed(store: Store, run_id: str, step: str, part: int = 0) -> Iterator[None]:
    """Note how long the block took, if it succeeds; a retry counts as a new attempt.

    Parameters
    ----------
    part
        The number of the batch, for a step of several.
    """
    began = time.monotonic()
    yield
    documents.write(store, keys.run(run_id, f"{_FOLDER}/{step}/{part}.json"), time.monotonic() - began)


def read_durations(store: Store, run_id: str) -> dict[str, float]:
    """Return seconds by step; the parts of a step that ran side by side are added up."""
    seconds: dict[str, float] = {}
    for key in store.list(keys.run(run_id, _FOLDER)):
        step = key.split("/")[-2]
        seconds[step] = seconds.get(step, 0.0) + documents.read(store, key, float)
    return seconds
