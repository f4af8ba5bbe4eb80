"""Trainings that were refused: what was tried, so that the same is not tried, or asked of a person, again.

A refusal is stored under a hash of what led to it. Whatever is different, a package, the champion, a bar or
the program, has another hash, and is tried.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.learning.data import NewPackage
from praxi_tasks.learning.evaluation.bars import WEIGHTS, Bars
from praxi_tasks.store import Store, documents, keys

_RULES = 2
"""The version of the gate's rules: raised when the same evaluation gets another verdict."""


class Refusal(msgspec.Struct, frozen=True):
    """Which training was refused, and why."""

    run: str
    reasons: tuple[str, ...]


class Conditions(msgspec.Struct, frozen=True):
    """What a verdict depends on besides the releases.

    Attributes
    ----------
    model
        The model that is extended, and the engine that ran it, as in a prediction's key.
    bars, weights
        What a challenger must reach; without weights the default ones count.
    how
        Settings of the training that are not the default ones.
    recalibrated
        Whether the training was to calibrate the model's confidence anew.
    """

    model: str
    bars: Bars = Bars()
    weights: Mapping[str, float] = {}
    how: Mapping[str, object] = {}
    recalibrated: bool = False


def request_attempt(packages: Iterable[NewPackage], conditions: Conditions) -> str:
    """Return the hash of an attempt to learn some releases."""
    return _hash("request", sorted({package.identity for package in packages}), conditions)


def challenger_attempt(challenger: str, conditions: Conditions) -> str:
    """Return the hash of an attempt to promote a model, by its identity."""
    return _hash("challenger", challenger, conditions)


def find_refusal(store: Store, attempt: str) -> Refusal | None:
    """Return how an attempt was refused before; None if it was not, or its record is damaged."""
    try:
        return documents.read(store, keys.training_refusal(attempt), Refusal)
    except (KeyNotFoundError, CorruptObjectError):
        return None


def record_refusal(store: Store, attempt: str, refusal: Refusal) -> None:
    """Remember a refusal; the first of an attempt stays."""
    store.put(keys.training_refusal(attempt), documents.encode(refusal))


def _hash(kind: str, what: object, conditions: Conditions) -> str:
    told = msgspec.structs.replace(conditions, weights=dict(conditions.weights or WEIGHTS))
    data = msgspec.json.encode([_RULES, kind, what, told], order="deterministic")
    return hashlib.sha256(data).hexdigest()
