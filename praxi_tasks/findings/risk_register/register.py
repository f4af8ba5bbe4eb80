"""The register in the store: every event is a document that is written once, under the next number.

Who adds an event has read those before, and the store lets one writer of a number win: a compare-and-swap
that needs no more of a store than that ``put`` never overwrites. A document that can't be read, or is missing
between others, costs the one acceptance that it belongs to: that counts as not accepted, and is told of.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from praxi_tasks.errors import (
    ConflictError,
    CorruptObjectError,
    KeyNotFoundError,
    PolicyError,
    PraxiError,
)
from praxi_tasks.findings.finding import Finding
from praxi_tasks.findings.policy import Policy
from praxi_tasks.findings.risk_register.acceptance import HORIZON, Acceptance, Event, Terms
from praxi_tasks.printable import one_line
from praxi_tasks.store import Store, documents, keys

LONGEST_DAYS: Final = 365
"""For how long a risk may be accepted where no setting says otherwise."""
_KEY: Final = re.compile(rf"{keys.RISKS}/([0-9a-f]{{12}})/([0-9]{{8}})\.json")
_TRIES: Final = 50
_AS_BEFORE: Final = "read the page again; what counts is unchanged"


class DamagedAcceptance(msgspec.Struct, frozen=True):
    """An acceptance that can't be read and so does not count: its folder, and why."""

    id: str
    problem: str

    @property
    def finding(self) -> Finding:
        """What an audit says of it."""
        return Finding(
            kind="policy",
            id="PRAXI-ACCEPTANCE-DAMAGED",
            title=f"the acceptance {self.id} can't be read and does not count: {self.problem}",
            severity="high",
            action="accept the risk anew, and move the damaged documents out of the store's folder risks/",
            package=f"policy/acceptance/{self.id}",
        )


class AcceptedRisks(msgspec.Struct, frozen=True):
    """All of a register at a moment, the newest acceptance first."""

    acceptances: tuple[Acceptance, ...] = ()
    damaged: tuple[DamagedAcceptance, ...] = ()

    def joined(self, policy: Policy) -> Policy:
        """Return a policy that also ignores what was accepted; the policy's own rules come first."""
        rules = tuple(each.rule for each in self.acceptances if not each.withdrawn)
        return msgspec.structs.replace(policy, ignore=(*policy.ignore, *rules)) if rules else policy

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for each acceptance that can't be read."""
        yield from (each.finding for each in self.damaged)


class RiskRegister:
    """The register below ``risks/`` of a store.

    Parameters
    ----------
    longest_days
        For how long a risk may be accepted, in days.
    """

    def __init__(self, store: Store, *, longest_days: int = LONGEST_DAYS) -> None:
        self._store = store
        self._longest = min(timedelta(longest_days), HORIZON)
        self._known: dict[str, Event] = {}

    def read(self) -> AcceptedRisks:
        """Return all acceptances.

        Raises
        ------
        StoreUnavailableError
            If the store can't be reached: then nothing is known, which is not that nothing is accepted.
        """
        numbers, damaged = self._listed()
        sound = []
        for identity in sorted(numbers):
            try:
                sound.append(self._acceptance(identity, numbers[identity]))
            except CorruptObjectError as error:
                damaged.append(DamagedAcceptance(identity, error.what))
        sound.sort(key=lambda each: (each.history[0].at, each.id), reverse=True)
        return AcceptedRisks(tuple(sound), tuple(damaged))

    def get(self, identity: str) -> Acceptance:
        """Return one acceptance.

        Raises
        ------
        KeyNotFoundError
            If there is none.
        CorruptObjectError
            If it can't be read.
        """
        numbers = self._listed(identity)[0].get(identity) if _KEY.fullmatch(_key(identity, 1)) else None
        if not numbers:
            raise KeyNotFoundError(
                "no risk was accepted under this name", where=one_line(identity, 80), action="see the list"
            )
        return self._acceptance(identity, numbers)

    def accept(self, terms: Terms, by: str, now: datetime) -> Acceptance:
        """Accept a risk. The same terms sent twice are one acceptance.

        Raises
        ------
        PolicyError
            If it would end too late or has ended already.
        """
        return self.accept_all((terms,), by, now)[0]

    def accept_all(self, several: Sequence[Terms], by: str, now: datetime) -> tuple[Acceptance, ...]:
        """Accept several risks at once: one that can't be accepted means that none is.

        What was accepted before the store became unreachable stays; to ask again adds the rest.

        Raises
        ------
        PolicyError
            If one would end too late or has ended already.
        """
        events = [(terms, self._event("accepted", by, now, terms)) for terms in several]
        return tuple(self._begin(terms, first) for terms, first in events)

    def _begin(self, terms: Terms, first: Event) -> Acceptance:
        for attempt in range(_TRIES):
            identity = _identity(terms, attempt)
            if self._store.put(_key(identity, 1), documents.encode(first)):
                return Acceptance(identity, (first,))
            known = self._like(identity, terms)
            if known is not None:
                return known
        raise self._changed()

    def renew(self, identity: str, seen: int, terms: Terms, by: str, now: datetime) -> Acceptance:
        """Let an acceptance count until another day, for a reason that may be another.

        Parameters
        ----------
        seen
            The version that the person saw (:attr:`Acceptance.version`).

        Raises
        ------
        ConflictError
            If somebody changed it meanwhile, or it was withdrawn.
        PolicyError
            If it would end too late, has ended already, or would be about something else.
        """
        if terms.scope != self.get(identity).terms.scope:
            raise PolicyError("a renewal is about the same", action="accept the other risk by itself")
        return self._add(identity, seen, self._event("renewed", by, now, terms))

    def withdraw(self, identity: str, seen: int, note: str, by: str, now: datetime) -> Acceptance:
        """End an acceptance: what it set aside counts again.

        Raises
        ------
        ConflictError
            If somebody changed it meanwhile, or it was withdrawn already.
        """
        return self._add(identity, seen, self._event("withdrawn", by, now, None, note))

    def _add(self, identity: str, seen: int, event: Event) -> Acceptance:
        before = self.get(identity)
        if before.version != seen or before.withdrawn:
            raise self._changed()
        after = Acceptance(identity, (*before.history, event))
        if not self._store.put(_key(identity, after.version), documents.encode(event)):
            raise self._changed()
        return after

    def _event(self, action: str, by: str, now: datetime, terms: Terms | None, note: str = "") -> Event:
        if terms is not None and not now.date() < terms.expires <= now.date() + self._longest:
            raise PolicyError(
                f"a risk is accepted until tomorrow at least, and for {self._longest.days} days at most: "
                f"{terms.expires} is not that",
                action="choose another last day",
            )
        content = {"action": action, "by": by, "at": now, "terms": terms, "note": note}
        try:
            return msgspec.convert(content, Event)
        except ValueError as error:
            raise PolicyError(f"this can't be recorded: {one_line(str(error), 300)}") from error

    def _like(self, identity: str, terms: Terms) -> Acceptance | None:
        """Return an acceptance that counts by these very terms."""
        try:
            known = self.get(identity)
        except (CorruptObjectError, KeyNotFoundError):
            return None
        return known if known.terms == terms and not known.withdrawn else None

    def _acceptance(self, identity: str, numbers: list[int]) -> Acceptance:
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            raise self._corrupt(identity, f"of its events only {sorted(numbers)} are there")
        try:
            return Acceptance(identity, tuple(self._read(_key(identity, each)) for each in sorted(numbers)))
        except ValueError as error:
            raise self._corrupt(identity, str(error)) from error

    def _read(self, key: str) -> Event:
        """Return an event, which never changes: it is read once."""
        if key not in self._known:
            try:
                self._known[key] = documents.read(self._store, key, Event)
            except KeyNotFoundError as error:
                raise CorruptObjectError("an event is gone", where=key) from error
        return self._known[key]

    def _listed(self, identity: str = "") -> tuple[dict[str, list[int]], list[DamagedAcceptance]]:
        """Return the numbers of events by acceptance, and what lies between them and is none."""
        numbers: dict[str, list[int]] = {}
        damaged = []
        for key in self._store.list(f"{keys.RISKS}/{identity}".rstrip("/")):
            if found := _KEY.fullmatch(key):
                numbers.setdefault(found[1], []).append(int(found[2]))
            else:
                damaged.append(DamagedAcceptance(one_line(key, 200), "it is no event of an acceptance"))
        return numbers, damaged

    def _corrupt(self, identity: str, problem: str) -> PraxiError:
        return CorruptObjectError(one_line(problem, 300), where=f"{self._store.uri}/{keys.RISKS}/{identity}")

    def _changed(self) -> ConflictError:
        return ConflictError("somebody else changed it meanwhile", where=keys.RISKS, action=_AS_BEFORE)


def _identity(terms: Terms, attempt: int) -> str:
    return hashlib.sha256(documents.encode((terms, attempt))).hexdigest()[:12]


def _key(identity: str, number: int) -> str:
    return keys.risk_event(identity, number)
