"""Feeds that are older than what was had of them before: a source that serves an earlier copy."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from praxi_tasks.errors import FeedError
from praxi_tasks.findings.feeds.folder import Mirrored

_PATIENCE: Final = timedelta(days=7)
_USUAL: Final = timedelta(days=1)
"""How far a feed may go back: its newest entry may have been withdrawn."""


def check_rollback(name: str, newest: str, before: Mirrored | None, now: str) -> None:
    """Check that a file is not older than its copy in use, by their newest entries.

    A source that stays so old for a week is believed.

    Raises
    ------
    FeedError
        If it is.
    """
    has, had = _day(newest), _day(before.newest if before else "")
    if before is None or has is None or had is None or has >= had - _USUAL:
        return
    if datetime.fromisoformat(now) - datetime.fromisoformat(before.fetched) > _PATIENCE:
        return
    raise FeedError(
        f"its newest entry is of {has}, and that of the copy in use of {had}",
        where=name,
        action=f"see why its source went back; after {_PATIENCE.days} days it is taken all the same",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
