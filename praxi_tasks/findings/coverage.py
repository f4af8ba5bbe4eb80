"""Coverage: what of an image, or of a whole audit, was looked at, and what was not.

That nothing was found means something only where somebody looked.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import Final

import msgspec


class Aspect(enum.StrEnum):
    """What can be looked at."""

    IMAGES = "images"
    LAYERS = "layers"
    DATABASES = "package-databases"
    KNOWLEDGE = "knowledge"
    VULNERABILITIES = "vulnerabilities"
    OUTDATED = "outdated"
    END_OF_LIFE = "end-of-life"
    LICENCES = "licences"


class CoverageState(enum.StrEnum):
    """How far something was looked at."""

    CHECKED = "checked"
    PARTIAL = "partial"
    NOT_CHECKED = "not-checked"


WORST_FIRST: Final = (CoverageState.NOT_CHECKED, CoverageState.PARTIAL, CoverageState.CHECKED)


class Coverage(msgspec.Struct, frozen=True):
    """How far one aspect of one subject was looked at.

    Attributes
    ----------
    aspect
        What was to be looked at.
    subject
        Of what: ``debian-12``, ``npm``, the path of a package database, an image.
    state
        How far it was.
    reason
        Why not farther; or, where it was checked, against what.
    action
        What to do to have it checked; empty where it was.
    packages
        Of which packages it is, as ``ecosystem/name``, or as ``ecosystem`` of all of it; empty where the
        subject says so by itself.
    """

    aspect: Aspect
    subject: str
    state: CoverageState
    reason: str = ""
    action: str = ""
    packages: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What makes it the same tomorrow."""
        return f"{self.aspect}|{self.subject}"

    @property
    def is_gap(self) -> bool:
        """Whether something was not looked at."""
        return self.state is not CoverageState.CHECKED


def checked(aspect: Aspect, subject: str, reason: str = "") -> Coverage:
    """Return that a subject was checked."""
    return Coverage(aspect, subject, CoverageState.CHECKED, reason)


def partial(aspect: Aspect, subject: str, reason: str, action: str, packages: Iterable[str] = ()) -> Coverage:
    """Return that a subject was checked in part."""
    return Coverage(aspect, subject, CoverageState.PARTIAL, reason, action, tuple(packages))


def not_checked(
    aspect: Aspect, subject: str, reason: str, action: str, packages: Iterable[str] = ()
) -> Coverage:
    """Return that a subject was not checked."""
    return Coverage(aspect, subject, CoverageState.NOT_CHECKED, reason, action, tuple(packages))


def gap_message(coverage: Coverage) -> str:
    """Return a gap in words: what was not looked at, why, and what to do."""
    how = "not checked" if coverage.state is CoverageState.NOT_CHECKED else "checked in part"
    return f"{coverage.aspect} of {coverage.subject}: {how}: {coverage.reason}; {coverage.action}"


def gaps(coverage: Iterable[Coverage]) -> tuple[Coverage, ...]:
    """Return what was not looked at, or not wholly, the worst first."""
    return tuple(
        sorted(filter(lambda one: one.is_gap, coverage), key=lambda one: WORST_FIRST.index(one.state))
    )
