"""Feeds that suddenly lost most of what they held: whole files, most likely broken at their source."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from praxi_tasks.errors import FeedError
from praxi_tasks.findings.feeds.folder import Mirrored

_SHARE: Final = 0.5
_FEWEST: Final = 100
"""Entries below which a feed may well lose half of them."""
_PATIENCE: Final = timedelta(days=7)


def check_shrinkage(name: str, entries: int, before: Mirrored | None, now: str) -> None:
    """Check that a file did not lose most of what its copy in use holds.

    A source that stays so small for a week is believed.

    Raises
    ------
    FeedError
        If it did.
    """
    if before is None or before.entries < _FEWEST or not entries or entries >= _SHARE * before.entries:
        return
    if datetime.fromisoformat(now) - datetime.fromisoformat(before.fetched) > _PATIENCE:
        return
    raise FeedError(
        f"it has {entries:,} entries, and the copy in use {before.entries:,}",
        where=name,
        action=f"see what its source lost; after {_PATIENCE.days} days it is taken all the same",
    )
