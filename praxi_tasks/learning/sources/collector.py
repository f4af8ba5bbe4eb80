"""Collects releases into the store: asks each source in turn, and records the reason of every failure."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date
from typing import Final, Literal, NamedTuple

import msgspec

from praxi_tasks.errors import (
    KeyNotFoundError,
    PraxiError,
    ReleaseError,
    SourceOnlyError,
    StoreUnavailableError,
)
from praxi_tasks.isolation import unit
from praxi_tasks.learning.data import NewPackage, ReleaseStore, StoredRelease, of_version
from praxi_tasks.learning.sources.base import Source
from praxi_tasks.printable import one_line
from praxi_tasks.store import Store, documents, keys

logger = logging.getLogger(__name__)

State = Literal["stored", "source", "failed", "given-up"]
NEWEST: Final = 5
"""How many versions of a package without a version are collected on one day."""

ATTEMPTS: Final = 5
"""On how many days the sources are asked for a release before it is given up."""


class Attempt(msgspec.Struct, frozen=True):
    """One day on which no source had a release: source → reason."""

    day: date
    reasons: dict[str, str]


class Collected(msgspec.Struct, frozen=True):
    """How the search for a release ended: the ``source`` that had it, or the ``reason`` why none did.

    In the state ``source`` the release has to be built first, and ``reason`` says from which file. In the
    state ``failed`` it ``passes`` where a source could not answer now, and may have it at another time.
    """

    package: NewPackage
    state: State
    source: str = ""
    reason: str = ""
    passes: bool = False


class Versions(NamedTuple):
    """The versions of a package that a source lists, or why it lists none."""

    found: Sequence[str]
    reason: str = ""
    error: Exception | None = None


class Collector:
    """Collects releases into the store.

    Parameters
    ----------
    sources
        Asked in turn until one has the release.
    today
        The day that failures are recorded under.
    attempts
        On how many days to ask.
    """

    def __init__(
        self, store: Store, sources: Sequence[Source], today: date, attempts: int = ATTEMPTS
    ) -> None:
        self._store = store
        self._releases = ReleaseStore(store)
        self._sources = sources
        self._today = today
        self._attempts = attempts

    def collect(self, wanted: NewPackage) -> Collected:
        """Collect one release, unless it is stored or was given up.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached.
        """
        if self._store.exists(keys.release(*wanted.identity)):
            return Collected(wanted, "stored", self._releases.get(wanted.identity).source)
        attempts = past_attempts(self._store, wanted)
        if len([attempt for attempt in attempts if attempt.day != self._today]) >= self._attempts:
            return Collected(wanted, "given-up", reason=_joined(attempts[-1].reasons))
        failures: dict[str, Exception] = {}
        for source in self._sources:
            if source.offers(wanted):
                try:
                    found = self._ask(source, wanted, failures)
                except SourceOnlyError as error:
                    record_attempt(self._store, wanted, self._today, {source.name: str(error)})
                    return Collected(wanted, "source", reason=str(error))
                if found is not None:
                    self._releases.add(found)
                    return Collected(wanted, "stored", found.source)
        reasons = {source: _reason(error) for source, error in failures.items()}
        record_attempt(self._store, wanted, self._today, reasons)
        passes = any(isinstance(error, PraxiError) and error.retryable for error in failures.values())
        return Collected(wanted, "failed", reason=_joined(reasons), passes=passes)

    def collect_all(self, wanted: NewPackage) -> list[Collected]:
        """Collect one release, or the newest versions of a package without a version, each day older ones.

        Such a package is given up after as many days as a release that no source has: a version that is
        still unknown then was modified, or is older than what is worth learning.
        """
        if wanted.version:
            return [self.collect(wanted)]
        attempts = past_attempts(self._store, wanted)
        past = len([attempt for attempt in attempts if attempt.day != self._today])
        if past >= self._attempts:
            return [Collected(wanted, "given-up", reason="its version is still unknown")]
        reasons: dict[str, str] = {}
        offers = [source for source in self._sources if source.offers(wanted)]
        found: dict[str, None] = {}
        for source in offers:
            listed = self.versions(source, wanted)
            found |= dict.fromkeys(listed.found)
            if listed.error:
                reasons[source.name] = listed.reason
        record_attempt(self._store, wanted, self._today, reasons)
        chosen = list(found)[NEWEST * past :][:NEWEST]
        if not chosen:
            reasons = reasons or {"versions": "no source lists any more of them"}
            return [Collected(wanted, "failed", reason=_joined(reasons))]
        return [self.collect(of_version(wanted, version)) for version in chosen]

    def versions(self, source: Source, wanted: NewPackage) -> Versions:
        """Return the versions that a source lists of a package; none, and the reason, if it fails.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached.
        """
        try:
            return Versions(source.versions(wanted))
        except StoreUnavailableError:
            raise
        except PraxiError as error:
            return Versions((), _reason(error), error)
        except Exception as error:
            logger.exception("%s: unexpected error", source.name)
            return Versions((), _reason(error), error)

    def _ask(
        self, source: Source, wanted: NewPackage, failures: dict[str, Exception]
    ) -> StoredRelease | None:
        """Ask one source; record any failure, so that the next source is asked."""
        try:
            with unit(f"{wanted.purl} ({source.name})"):
                return source.read(wanted).checked()
        except (StoreUnavailableError, SourceOnlyError):
            raise
        except PraxiError as error:
            failures[source.name] = error
            level = logging.INFO if isinstance(error, ReleaseError) else logging.WARNING
            logger.log(level, "%s: %s", source.name, error)
        except Exception as error:  # whatever a release holds, the next source and release are tried
            failures[source.name] = error
            logger.exception("%s: unexpected error", source.name)
        return None


def record_attempt(store: Store, wanted: NewPackage, today: date, reasons: dict[str, str]) -> None:
    """Record a failed attempt; a later one replaces that of the same day."""
    others = [attempt for attempt in past_attempts(store, wanted) if attempt.day != today]
    record = [*others, Attempt(today, reasons)]
    documents.write(store, keys.release_attempts(*wanted.identity), record)


def amend_last_attempt(store: Store, wanted: NewPackage, reasons: dict[str, str]) -> None:
    """Replace the reasons of the last failed attempt, if there was one."""
    attempts = past_attempts(store, wanted)
    if attempts:
        record = [*attempts[:-1], Attempt(attempts[-1].day, reasons)]
        documents.write(store, keys.release_attempts(*wanted.identity), record)


def past_attempts(store: Store, wanted: NewPackage) -> tuple[Attempt, ...]:
    """Return the failed attempts of earlier days."""
    try:
        return documents.read(store, keys.release_attempts(*wanted.identity), tuple[Attempt, ...])
    except KeyNotFoundError:
        return ()


def _reason(error: Exception) -> str:
    """Return what an error says, in one line; of one that nobody expected, of which kind it is."""
    return one_line(str(error) if isinstance(error, PraxiError) else f"{type(error).__name__}: {error}")


def _joined(reasons: dict[str, str]) -> str:
    joined = "; ".join(f"{source}: {reason}" for source, reason in reasons.items())
    return joined or "no source offers it"
