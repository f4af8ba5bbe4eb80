"""What is wrong with the feeds themselves, as findings: stale ones, broken ones, records left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from praxi_tasks.findings.feeds import FeedHealth, FeedProblem, is_about_advisories
from praxi_tasks.findings.finding import Finding, Severity

_SHOWN: Final = 20


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
        elif not feed.has_age:
            title = f"{feed.called}: nothing says how old they are"
            yield _finding("STALE", feed.name, title, "medium")
    for problem in broken:
        # Without its advisories a vulnerability of any severity may be there.
        blind = is_about_advisories(problem.name)
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
