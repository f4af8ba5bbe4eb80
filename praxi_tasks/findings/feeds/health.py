"""How old the feeds are, as it stands on every report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from praxi_tasks.findings.feeds.folder import Mirrored

_UNKNOWN: Final = -1
# Ends of support are announced years ahead; a new release that is missing does no harm before it ends.
_TABLE_KEEPS: Final = 365


class AdvisorySource(msgspec.Struct, frozen=True):
    """One feed of advisories: how many records it gave, and how recent the newest is (ISO 8601).

    ``file`` is its name in the feeds folder, and ``namespaces`` those whose packages its records are about.
    """

    name: str
    records: int
    newest: str = ""
    file: str = ""
    namespaces: tuple[str, ...] = ()


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
    def has_age(self) -> bool:
        """Whether anything says how old it is."""
        return self.age_days != _UNKNOWN

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
    known = tuple(sources)
    found = [*_advisories(known, state, at)]
    for name in sorted(state.keys() - {source.file for source in known}):
        fetched = state[name].fetched
        found.append(FeedHealth(name, 0, "", fetched, _age(fetched, at)))
    if table:
        found.append(FeedHealth("shipped table of ends of life", 0, "", table, _age(table, at), _TABLE_KEEPS))
    return tuple(found)


def _advisories(
    sources: Iterable[AdvisorySource], state: Mapping[str, Mirrored], at: date
) -> Iterator[FeedHealth]:
    for source in sources:
        mirrored = state.get(source.file)
        fetched = mirrored.fetched if mirrored else ""
        age = _age(fetched or source.newest, at)
        yield FeedHealth(source.name, source.records, source.newest, fetched, age)


def _age(moment: str, at: date) -> int:
    try:
        return max(0, (at - date.fromisoformat(moment[:10])).days)
    except ValueError:
        return _UNKNOWN
