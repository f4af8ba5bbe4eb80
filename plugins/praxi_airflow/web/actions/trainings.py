"""What a training left in the store about its version: what it learned, and how that was judged."""

from __future__ import annotations

import functools
from typing import Any, Final, TypeVar

import msgspec

from praxi_tasks.errors import CorruptObjectError, KeyNotFoundError
from praxi_tasks.learning.model_registry import WITH_PACKS, ModelVersion
from praxi_tasks.store import Store, check_key, documents, keys

T = TypeVar("T")
Release = tuple[str, str, str]
_REMEMBERED: Final = 512


class _Base(msgspec.Struct):
    version: str = ""


class _Trained(msgspec.Struct):
    learned: tuple[Release, ...]
    base: _Base = msgspec.field(default_factory=_Base)
    parts: int = 0
    size: int = 0


class _Judged(msgspec.Struct):
    passed: bool
    score: float
    reasons: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


class _Summary(msgspec.Struct):
    at: str = ""
    f1_old: float | None = None
    f1_new: float | None = None
    promoted: bool = False
    reasons: tuple[str, ...] = ()


class _Packed(msgspec.Struct):
    releases: int
    pack: str = ""


class Training(msgspec.Struct, frozen=True):
    """What is known about how a version came about; None and empty where nothing is.

    Attributes
    ----------
    at
        When the training ended.
    base
        The version that it builds on.
    learned
        The releases that it learned, as ecosystem, name and version.
    score, f1_old, f1_new
        The gate's score; how well old and new releases are recognised, from 0 to 1.
    passed, reasons, bars
        Whether the gate let it pass, what was against it, and which bars it reached.
    packs, releases
        The knowledge packs that it was made with, and how many releases a run collected for them.
    """

    at: str = ""
    base: str = ""
    learned: tuple[Release, ...] = ()
    parts: int = 0
    size: int = 0
    score: float | None = None
    f1_old: float | None = None
    f1_new: float | None = None
    passed: bool | None = None
    reasons: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()
    packs: str = ""
    releases: int = 0


class Ended(msgspec.Struct, frozen=True):
    """How a training ended.

    Attributes
    ----------
    learned
        How many releases it learned.
    promoted
        Whether the version that it made is in use.
    reasons
        Why it is not.
    """

    learned: int
    promoted: bool
    reasons: tuple[str, ...]


class Trainings:
    """Reads and remembers trainings: once a training has ended, what it left never changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known = functools.lru_cache(_REMEMBERED)(self._read)

    def of(self, version: ModelVersion) -> Training:
        """Return how a version came about; a damaged document says nothing.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached.
        """
        if version.origin.startswith(WITH_PACKS):
            return Training(packs=version.origin.removeprefix(WITH_PACKS))
        found = self._known(version.origin)
        if not found.at:
            self._known.cache_clear()  # it may end any moment
        return found

    def ended(self, run: str) -> Ended | None:
        """Return how a training ended; None while it has not, or where it left nothing that can be read.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached.
        """
        summary = self._document(run, "summary.json", _Summary)
        trained = self._document(run, "trained.json", _Trained)
        if summary is None or trained is None:
            return None
        return Ended(len(trained.learned), summary.promoted, summary.reasons)

    def learned_since(self, version: ModelVersion, versions: dict[str, ModelVersion]) -> set[Release]:
        """Return all that a version and those that it builds on have learned, as far as trainings say."""
        learned: set[Release] = set()
        seen: set[str] = set()
        at: ModelVersion | None = version
        while at is not None and at.version not in seen:
            seen.add(at.version)
            training = self.of(at)
            learned.update(training.learned)
            at = versions.get(training.base)
        return learned

    def _read(self, run: str) -> Training:
        trained = self._document(run, "trained.json", _Trained)
        judged = self._document(run, "gate.json", _Judged)
        summary = self._document(run, "summary.json", _Summary)
        packed = self._document(run, "pack.json", _Packed)
        found: dict[str, Any] = {}
        if packed:
            found |= {"packs": packed.pack, "releases": packed.releases}
        if trained:
            found |= {"base": trained.base.version, "learned": trained.learned}
            found |= {"parts": trained.parts, "size": trained.size}
        if judged:
            found |= {"score": judged.score, "passed": judged.passed}
            found |= {"reasons": judged.reasons, "bars": judged.told}
        if summary:
            found |= {"at": summary.at, "f1_old": summary.f1_old, "f1_new": summary.f1_new}
        return Training(**found)

    def _document(self, run: str, name: str, kind: type[T]) -> T | None:
        try:
            return documents.read(self._store, check_key(keys.training_run(run, name)), kind)
        except (KeyNotFoundError, CorruptObjectError):
            return None
