"""One accepted risk: what it is about, until when, and what people did with it.

An acceptance is its history. Nothing in that is ever changed: who renews or withdraws an acceptance adds an
event, and what counts is the sum of the events.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal

import msgspec

from praxi_tasks.errors import PolicyError
from praxi_tasks.findings.finding import Ignored, Kind
from praxi_tasks.findings.policy import EXPIRY_NOTICE_DAYS, IgnoreRule
from praxi_tasks.printable import one_line

RiskState = Literal["active", "expiring", "expired", "withdrawn"]
Action = Literal["accepted", "renewed", "withdrawn"]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Pattern = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

# No setting allows more, and no document that claims more is believed.
HORIZON: Final = timedelta(days=3_660)
_WILD: Final = frozenset("*?[]")


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is accepted, where, until when, why, and who answers for it.

    It names one finding, or all findings of one package: nobody can accept what nobody has looked at.

    Attributes
    ----------
    reason, owner
        Why, and who answers for it.
    expires
        The last day on which it counts.
    finding
        The identifier or an alias of a finding; empty for all findings of the package.
    package
        A shell glob of ``ecosystem/name``; without a finding, the name itself.
    image
        A shell glob of the image's reference as deployed.
    namespace
        A shell glob; it has to match every namespace where the image runs.
    kind
        The kind of finding; None for any.
    """

    reason: Reason
    owner: Name
    expires: date
    finding: Annotated[str, msgspec.Meta(max_length=200)] = ""
    package: Pattern = "*"
    image: Pattern = "*"
    namespace: Pattern = "*"
    kind: Kind | None = None

    def __post_init__(self) -> None:
        """Refuse terms that name neither a finding nor a package, or that no page could show."""
        for name in ("reason", "owner", "finding", "package", "image", "namespace"):
            text = getattr(self, name)
            if not text.isprintable() or text != text.strip():
                raise ValueError(f"{name} holds line breaks, control characters or blanks around it")
        if _WILD & set(self.finding):
            raise ValueError("finding is one identifier, not a pattern")
        if not self.finding and _WILD & set(self.package):
            raise ValueError("name a finding, or one package without a pattern")

    @property
    def scope(self) -> tuple[object, ...]:
        """What stays the same however often it is renewed."""
        return self.finding, self.package, self.image, self.namespace, self.kind


class AcceptedRisk(IgnoreRule, frozen=True, kw_only=True):
    """The rule of the policy that an acceptance amounts to; ``acceptance`` is its identity."""

    acceptance: str

    @property
    def verdict(self) -> Ignored:
        """What a finding that it sets aside says about that."""
        return msgspec.structs.replace(super().verdict, acceptance=self.acceptance)

    @property
    def title(self) -> str:
        """How people are told of it."""
        return f"the acceptance {self.acceptance} of {self.id} of {self.package}"

    @property
    def subject(self) -> str:
        """What tells it from other rules."""
        return f"acceptance/{self.acceptance}"


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody did with an acceptance, and when; ``note`` says why it was withdrawn."""

    action: Action
    by: Name
    at: Moment
    terms: Terms | None = None
    note: Annotated[str, msgspec.Meta(max_length=2_000)] = ""

    def __post_init__(self) -> None:
        """Refuse an event that says nothing, or whose end is beyond anything that is allowed."""
        if (self.terms is None) != (self.action == "withdrawn"):
            raise ValueError(f"{self.action} with terms missing or too many")
        if not (self.by + self.note).isprintable():
            raise ValueError("by or note holds line breaks or control characters")
        if self.terms is not None and self.terms.expires - self.at.date() > HORIZON:
            raise ValueError("it would count for more than ten years")


class Acceptance(msgspec.Struct, frozen=True):
    """An accepted risk with its history, the oldest event first.

    Raises
    ------
    ValueError
        If the history is none: it begins with something else than ``accepted``, goes on after the end, or
        changes what the acceptance is about.
    """

    id: str
    history: tuple[Event, ...]

    def __post_init__(self) -> None:
        """Refuse a history that can't have happened."""
        actions = [event.action for event in self.history]
        if actions[:1] != ["accepted"] or "accepted" in actions[1:] or "withdrawn" in actions[:-1]:
            raise ValueError(f"no history of an acceptance: {', '.join(actions)}")
        if len({event.terms.scope for event in self.history if event.terms}) != 1:
            raise ValueError("a renewal changed what it is about")

    @property
    def terms(self) -> Terms:
        """The terms that count, or counted last."""
        return next(event.terms for event in reversed(self.history) if event.terms is not None)

    @property
    def withdrawn(self) -> bool:
        """Whether somebody ended it."""
        return self.history[-1].action == "withdrawn"

    @property
    def version(self) -> int:
        """How many events it has: who changes it says which one was the last they saw."""
        return len(self.history)

    def state(self, at: date) -> RiskState:
        """Return what has become of it on a day."""
        if self.withdrawn:
            return "withdrawn"
        left = (self.terms.expires - at).days
        if left < 0:
            return "expired"
        return "expiring" if left <= EXPIRY_NOTICE_DAYS else "active"

    @property
    def rule(self) -> AcceptedRisk:
        """The rule of the policy that it amounts to."""
        terms = self.terms
        return AcceptedRisk(
            reason=terms.reason,
            owner=terms.owner,
            expires=terms.expires,
            id=terms.finding or "*",
            package=terms.package,
            image=terms.image,
            namespace=terms.namespace,
            kind=terms.kind,
            acceptance=self.id,
        )


def make_terms(fields: Mapping[str, str]) -> Terms:
    """Return the terms that somebody typed; an empty field counts as not given.

    Raises
    ------
    PolicyError
        Saying which field is wrong, and how.
    """
    given = {name: text.strip() for name, text in fields.items() if text.strip()}
    try:
        return msgspec.convert(given, Terms)
    except ValueError as error:
        raise PolicyError(
            f"this risk can't be accepted: {one_line(str(error), 300)}",
            action="give a reason, an owner, a last day (2027-03-31), and a finding or a package",
        ) from error
