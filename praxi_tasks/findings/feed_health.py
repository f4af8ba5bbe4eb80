"""How old the feeds are and what of them is broken: on every report, and a finding when it matters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from praxi_tasks.findings.advisories.index import Source
from praxi_tasks.findings.feeds import FeedProblem, Mirrored, archive_name
from praxi_tasks.findings.finding import Finding, Severity

_SHOWN: Final = 20
_UNKNOWN: Final = -1


class FeedHealth(msgspec.Struct, frozen=True):
    """One ecosystem's advisories: how many, the newest's time, and the feed's age in days (-1 unknown).

    The age counts from the last whole mirroring; for a folder that no mirror wrote, from the newest record.
    """

    name: str
    records: int
    newest: str
    fetched: str
    age_days: int


def health_of(sources: Iterable[Source], state: Mapping[str, Mirrored], at: date) -> tuple[FeedHealth, ...]:
    """Return the health of every feed on the day ``at``."""
    found = []
    for source in sources:
        mirrored = state.get(archive_name(source.name))
        fetched = mirrored.fetched if mirrored else ""
        age = _age(fetched or source.newest, at)
        found.append(FeedHealth(source.name, source.records, source.newest, fetched, age))
    return tuple(found)


def feed_findings(
    feeds: Iterable[FeedHealth], broken: Iterable[FeedProblem], problems: Iterable[str], stale_days: int
) -> Iterator[Finding]:
    """Yield a finding for each stale feed, each broken one, and one for all records that were left out."""
    known = tuple(feeds)
    if not any(feed.records for feed in known):
        yield _finding(
            "EMPTY", "osv", "the feeds folder holds no advisories: no vulnerability is seen", "high"
        )
    for feed in known:
        if feed.age_days >= stale_days:
            title = f"the {feed.name} advisories are {feed.age_days} days old; newer ones are not seen"
            yield _finding("STALE", feed.name, title, "medium")
        elif feed.age_days == _UNKNOWN:
            title = f"the {feed.name} feed says nothing about its age"
            yield _finding("STALE", feed.name, title, "medium")
    for problem in broken:
        yield _finding("BROKEN", problem.name, problem.message, "high")
    left_out = tuple(problems)
    if left_out:
        title = f"{len(left_out)} records of the feeds could not be used"
        yield _finding("PROBLEM", "records", title, "info", left_out[:_SHOWN])


def _finding(what: str, name: str, title: str, severity: Severity, evidence: tuple[str, ...] = ()) -> Finding:
    return Finding(
        kind="feed",
        id=f"PRAXI-FEED-{what}",
        title=title,
        severity=severity,
        action="run praxi_feeds, or renew the feeds folder",
        package=f"feed/{name}",
        evidence=evidence,
    )


def _age(moment: str, at: date) -> int:
    try:
        return max(0, (at - date.fromisoformat(moment[:10])).days)
    except ValueError:
        return _UNKNOWN
