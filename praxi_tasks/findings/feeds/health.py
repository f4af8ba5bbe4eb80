"""How old the feeds are and what of them is broken: on every report, and a finding when a limit is passed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from praxi_tasks.findings.feeds.folder import ADVISORIES, FeedProblem, Mirrored, archive_name
from praxi_tasks.findings.finding import Finding, Severity

_SHOWN: Final = 20
_UNKNOWN: Final = -1
# Ends of support are announced years ahead; a new release that is missing does no harm before it ends.
_TABLE_KEEPS: Final = 365


class AdvisorySource(msgspec.Struct, frozen=True):
    """One feed of advisories: how many records it gave, and how recent the newest is (ISO 8601)."""

    name: str
    records: int
    newest: str = ""


class FeedHealth(msgspec.Struct, frozen=True, omit_defaults=True):
    """A feed: how many advisories it has, the newest's time, and its age in days (-1 unknown).

    The age counts from the last whole mirroring; for a folder that no mirror wrote, from the newest record.
    Feeds of other kinds have no advisories; for what grows old more slowly than the policy says,
    ``keeps_days`` says how long it is good.
    """

    name: str
    records: int
    newest: str
    fetched: str
    age_days: int
    keeps_days: int = 0

    @property
    def called(self) -> str:
        """What it is, in a sentence."""
        return f"{self.name} advisories" if self.records else self.name


def health_of(
    sources: Iterable[AdvisorySource], state: Mapping[str, Mirrored], at: date, table: str = ""
) -> tuple[FeedHealth, ...]:
    """Return the health of every feed on the day ``at``: advisories first, then what else was mirrored.

    Parameters
    ----------
    table
        The day on which the shipped table of ends of life was true, if it is in use.
    """
    found = [*_advisories(sources, state, at)]
    names = {archive_name(feed.name) for feed in found}
    for name in sorted(state.keys() - names):
        fetched = state[name].fetched
        found.append(FeedHealth(name, 0, "", fetched, _age(fetched, at)))
    if table:
        found.append(FeedHealth("shipped table of ends of life", 0, "", table, _age(table, at), _TABLE_KEEPS))
    return tuple(found)


def _advisories(
    sources: Iterable[AdvisorySource], state: Mapping[str, Mirrored], at: date
) -> Iterator[FeedHealth]:
    for source in sources:
        mirrored = state.get(archive_name(source.name))
        fetched = mirrored.fetched if mirrored else ""
        age = _age(fetched or source.newest, at)
        yield FeedHealth(source.name, source.records, source.newest, fetched, age)


def feed_findings(
    feeds: Iterable[FeedHealth], broken: Iterable[FeedProblem], problems: Iterable[str], stale_days: int
) -> Iterator[Finding]:
    """Yield a finding for each stale feed, each broken one, and one for all records that were left out."""
    known = tuple(feeds)
    if not any(feed.records for feed in known):
        yield _finding(
            "EMPTY", "osv", "the feeds folder holds no advisories: no vulnerability is seen", "critical"
        )
    for feed in known:
        if feed.age_days >= (feed.keeps_days or stale_days):
            title = f"{feed.called}: {feed.age_days} days old, what is newer is not seen"
            yield _finding("STALE", feed.name, title, "medium" if feed.records else "low")
        elif feed.age_days == _UNKNOWN:
            title = f"{feed.called}: nothing says how old they are"
            yield _finding("STALE", feed.name, title, "medium")
    for problem in broken:
        # Without its advisories a vulnerability of any severity may be there.
        blind = problem.name.startswith(ADVISORIES)
        yield _finding("BROKEN", problem.name, problem.message, "critical" if blind else "high")
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
