"""How far off the confidence of models was when they were evaluated: what says that a curve is due anew."""

from __future__ import annotations

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.store import Store, documents, keys


class _Measured(msgspec.Struct, frozen=True):
    """A model's expected calibration error on old releases, when it was last evaluated."""

    error: float


def record_calibration(store: Store, model: str, error: float) -> None:
    """Remember the expected calibration error of a model, by its identity."""
    documents.write(store, keys.model_calibration(model), _Measured(error))


def calibration_is_off(store: Store, model: str, bound: float) -> bool:
    """Return whether the confidence of a model was measured to be off by more than ``bound``."""
    try:
        return documents.read(store, keys.model_calibration(model), _Measured).error > bound
    except (KeyNotFoundError, CorruptObjectError):
        return False
