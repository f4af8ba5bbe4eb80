"""The scope of a run: what it was asked to look at, and whether it saw all of it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

RunKind = Literal["scheduled", "backfill", "manual", "local"]

DOCUMENT: Final = "scope.json"


class Scope(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a run looked at, which bounds what may be concluded from it.

    Attributes
    ----------
    kind
        How the run came about: by schedule, as a backfill, by hand in Airflow, or without Airflow.
    named
        Whether a person named the images.
    namespaces
        The pattern that chose namespaces; empty for all.
    whole
        Whether the list of images is all there was to list.
    problems
        What may be missing from the list, and why.
    implausible
        Whether the list is not called whole only because it is implausibly short.
    """

    kind: RunKind = "manual"
    named: bool = False
    namespaces: str = ""
    whole: bool = True
    problems: tuple[str, ...] = ()
    implausible: bool = False

    @property
    def is_daily(self) -> bool:
        """Whether the run belongs to the line of daily audits of everything that is deployed."""
        return self.kind == "scheduled" and not self.named and not self.namespaces

    @property
    def line(self) -> str:
        """The line of audits that it is compared with, by which their history is kept."""
        return "dag" if self.is_daily else self.kind

    @property
    def proves_absence(self) -> bool:
        """Whether an image that the run did not list was not deployed."""
        return self.is_daily and self.whole
