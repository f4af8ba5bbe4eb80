"""How far a run by hand is, from what its tasks have left in the store."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeVar

import msgspec

from praxi_airflow.run_key import run_key
from praxi_tasks.errors import KeyNotFoundError
from praxi_tasks.store import Store, documents, keys

Stage = Literal["waiting", "listed", "reading", "predicting", "reporting", "done"]
STAGES: Final[tuple[tuple[Stage, str], ...]] = (
    ("waiting", "Waiting for Airflow to start it"),
    ("listed", "Looking the image up in its registry"),
    ("reading", "Reading layers that were never read before"),
    ("predicting", "Recognising what is installed"),
    ("reporting", "Looking for what is wrong with it"),
    ("done", "Done"),
)
"""What a run does one after another, and in words."""
_MOST_SHOWN: Final = 20
T = TypeVar("T")


class _Listed(msgspec.Struct):
    image: str


class _Plan(msgspec.Struct):
    batches: int


class _Ended(msgspec.Struct):
    image: str
    digest: str = ""
    state: str = ""
    reason: str | None = None


class _Report(msgspec.Struct):
    images: tuple[_Ended, ...]


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: its stage, the batches of layers and how many of them are read, and its images.

    ``images`` have a state, and a reason where they failed, once the run is done.
    """

    run: str
    stage: Stage
    batches: int = 0
    read: int = 0
    images: tuple[dict[str, Any], ...] = ()

    @property
    def done(self) -> bool:
        """Whether there is a report."""
        return self.stage == "done"


def progress(store: Store, run_id: str) -> Progress:
    """Return how far the run with Airflow's ``run_id`` is.

    Raises
    ------
    CorruptObjectError
        If a document of it can't be read.
    StoreUnavailableError
        If the store can't be reached.
    """
    key = run_key(run_id)
    listed = _read(store, keys.run(key, "images.json"), tuple[_Listed, ...])
    if listed is None:
        return Progress(run_id, "waiting")
    images = tuple({"image": each.image} for each in listed[:_MOST_SHOWN])
    plan = _read(store, keys.run(key, "plan.json"), _Plan)
    if plan is None:
        return Progress(run_id, "listed", images=images)
    if store.exists(keys.run(key, "summary.json")):
        few = len(listed) <= _MOST_SHOWN  # the report of a whole cluster is no small document
        report = _read(store, keys.run(key, "report.json"), _Report) if few else None
        ended = tuple(msgspec.structs.asdict(each) for each in report.images) if report else images
        return Progress(run_id, "done", plan.batches, plan.batches, ended)
    if store.exists(keys.run(key, "predictions.json")):
        return Progress(run_id, "reporting", plan.batches, plan.batches, images)
    read = sum(1 for _ in store.list(keys.run(key, "batches")))
    stage: Stage = "predicting" if read >= plan.batches else "reading"
    return Progress(run_id, stage, plan.batches, min(read, plan.batches), images)


def _read(store: Store, key: str, kind: type[T]) -> T | None:
    try:
        return documents.read(store, key, kind)
    except KeyNotFoundError:
        return None
